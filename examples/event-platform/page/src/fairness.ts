import { get } from "./api.ts";
import { h, notice, number, part, show, time, type Child } from "./dom.ts";
import { Refusal } from "./http.ts";
import { verify } from "./lottery.ts";
import type { Draw, Page, Prize, Winner } from "./types.ts";

export interface Words {
  kind: "good" | "bad" | "open";
  short: string;
  long: readonly string[];
}

interface Noted {
  commitment: string;
  at: number;
}

/** Promises that this browser saw before their draws: that they were not changed is then nobody's word but its own. */
function note(prize: Prize): void {
  const key = `promise ${prize.id} ${prize.round}`;
  if (prize.commitment && !sessionStorage.getItem(key)) sessionStorage.setItem(key, JSON.stringify({ commitment: prize.commitment, at: Date.now() } satisfies Noted));
}

function noted(prizeId: string, round: number): Noted | null {
  const text = sessionStorage.getItem(`promise ${prizeId} ${round}`);
  return text ? (JSON.parse(text) as Noted) : null;
}

const tickets = (list: readonly number[]): string => `${list.length === 1 ? "ticket" : "tickets"} ${list.slice(0, 20).map(number).join(", ")}${list.length > 20 ? " and more" : ""}`;

async function judge(prizeId: string, draw: Draw, winners: readonly Winner[]): Promise<Words> {
  if (!crypto.subtle) return { kind: "open", short: "Your browser verifies draws only over HTTPS.", long: [] };
  if (!draw.seed || !draw.tickets) return { kind: "open", short: "Not drawn yet.", long: [] };
  const verdict = await verify({ seed: draw.seed, commitment: draw.commitment, tickets: draw.tickets }, winners.map((winner) => winner.ticket));
  const promise = noted(prizeId, draw.round);
  if (!verdict.keepsPromise) return { kind: "bad", short: "This draw does not verify: its seed is not the one that was promised.", long: [] };
  if (promise && promise.commitment !== draw.commitment) {
    return { kind: "bad", short: "This draw does not verify: the promise is not the one that your browser noted before it.", long: [`Noted at ${time(promise.at)}: ${promise.commitment}`] };
  }
  const long = [
    "SHA-256 of the seed is the promise.",
    promise
      ? `Your browser had noted the promise at ${time(promise.at)}, before the draw.`
      : "Your browser was not here before the draw: that the promise is as old as it says, you have from the platform.",
    `The seed's numbers, of ${number(draw.tickets)} tickets, bring ${tickets(winners.map((winner) => winner.ticket))}.`,
    ...(verdict.passedOver.length > 0 ? [`Passed over: ${tickets(verdict.passedOver)}. Who runs the room, watches it, has left it or has won before does not win.`] : []),
  ];
  return verdict.unexplained.length === 0
    ? { kind: "good", short: "Verified by your browser.", long }
    : { kind: "open", short: "Your browser verified the promise only.", long: [...long.slice(0, 2), `Few could win, and the seed points to ${tickets(verdict.unexplained)} in the list of those: who is in the room can do that again with the participants.`] };
}

/** Below a prize: what is promised, and each draw to do again. */
export function fairness(path: string, left: AbortSignal): { element: HTMLElement; show(prize: Prize, winners: readonly Winner[]): void; verify(round: number): Promise<Words> } {
  let prize: Prize | undefined;
  let winners: readonly Winner[] = [];
  const [promise, done] = [h("div"), h("div")];
  const element = h("details", { class: "fair", toggle: () => element.open && void read() }, h("summary", {}, "Is it fair?"), promise, done);
  const showPromise = part(promise, (shown: Prize) =>
    shown.left > 0 && shown.commitment && [
      h("p", {}, "The next draw is promised. Its seed is made already, nobody can choose another, and this is its SHA-256:"),
      h("code", { class: "hash" }, shown.commitment),
    ],
  );

  async function read(): Promise<void> {
    try {
      await readDraws();
    } catch (refused) {
      if (left.aborted) return;
      if (!(refused instanceof Refusal)) throw refused;
      show(done, notice(refused.message));
    }
  }

  async function readDraws(): Promise<void> {
    const drawn = (await get<Page<Draw>>(`${path}?limit=200`, left)).items.filter((draw) => draw.seed);
    show(done, drawn.length > 0 ? await Promise.all(drawn.map(row)) : h("p", { class: "dim" }, winners.length > 0 ? "These winners were drawn before draws had seeds." : "Nothing was drawn yet."));
  }

  const of = (draw: Draw): readonly Winner[] => winners.filter((winner) => winner.round === draw.round);

  async function row(draw: Draw): Promise<Child> {
    const words = await judge(prize!.id, draw, of(draw));
    return h(
      "div",
      { class: "proof" },
      h("p", { class: `checked ${words.kind}` }, h("strong", {}, `Draw ${draw.round}`), draw.drawnAt && `, ${time(draw.drawnAt)}`, `: ${words.short}`),
      h("ul", {}, words.long.map((line) => h("li", {}, line))),
      h("p", { class: "dim" }, "Seed ", h("code", { class: "hash" }, draw.seed)),
    );
  }

  return {
    element,
    show(now, of) {
      const isNew = prize !== undefined && JSON.stringify(winners) !== JSON.stringify(of);
      [prize, winners] = [now, of];
      note(now);
      showPromise(now);
      if (isNew && element.open) void read();
    },
    async verify(round) {
      const draw = (await get<Page<Draw>>(`${path}?after=${round - 1}&limit=1`, left)).items[0];
      return draw ? judge(prize!.id, draw, of(draw)) : { kind: "open", short: "The draw is not shown.", long: [] };
    },
  };
}
