import { post } from "./api.ts";
import { empty, h, notice, number, part, show } from "./dom.ts";
import { fairness, type Words } from "./fairness.ts";
import { Refusal } from "./http.ts";
import type { Prize, Winner } from "./types.ts";

const mostShown = 50;
const mostDrawn = 100;

export interface Prizes {
  prizes: readonly Prize[];
  winners: readonly Winner[];
  canDraw: boolean;
  myTicket: number | null;
}

interface Card {
  element: HTMLElement;
  show(prize: Prize, winners: readonly Winner[], canDraw: boolean, myTicket: number | null): void;
  verify(round: number): Promise<Words>;
}

/** A card for each prize; a card stays while its prize does, and with it what is open or has the focus. */
export function prizeList(at: HTMLElement, path: string, left: AbortSignal, again: () => Promise<void>): { show(value: Prizes): void; verify(prizeId: string, round: number): Promise<Words> } {
  const cards = new Map<string, Card>();
  let order = "";
  return {
    show({ prizes, winners, canDraw, myTicket }) {
      for (const prize of prizes) {
        const one = cards.get(prize.id) ?? card(prize.id, path, left, again);
        cards.set(prize.id, one);
        one.show(prize, winners.filter((winner) => winner.prizeId === prize.id), canDraw, myTicket);
      }
      const now = `in order ${prizes.map((prize) => prize.id).join(" ")}`;
      if (now !== order) show(at, prizes.length > 0 ? prizes.map((prize) => cards.get(prize.id)!.element) : h("li", {}, empty("No prize was announced yet.")));
      order = now;
    },
    verify: (prizeId, round) => cards.get(prizeId)!.verify(round),
  };
}

function card(id: string, path: string, left: AbortSignal, again: () => Promise<void>): Card {
  const [head, list, action] = [h("div"), h("div"), h("div")];
  const fair = fairness(`${path}/prizes/${id}/draws`, left);
  const showHead = part(head, (prize: Prize) => [
    h("div", { class: "row" }, h("h3", { id: `prize-${prize.id}`, tabindex: -1 }, prize.name), h("span", { class: prize.left > 0 ? "pill active" : "pill" }, prize.left === 0 ? "All drawn" : prize.quantity === 1 ? "To be won" : `${number(prize.left)} of ${number(prize.quantity)} left`)),
    prize.description && h("p", { class: "dim" }, prize.description),
  ]);
  const showWinners = part(list, ({ winners, myTicket }: { winners: readonly Winner[]; myTicket: number | null }) =>
    winners.length > 0 && [
      h(
        "ul",
        { class: "winners" },
        winners.slice(-mostShown).map((winner) =>
          h("li", { class: winner.ticket > 0 && winner.ticket === myTicket ? "mine" : null }, h("span", { class: "who" }, winner.name ?? "Somebody"), winner.ticket > 0 && h("span", { class: "dim" }, `ticket ${number(winner.ticket)}`)),
        ),
      ),
      winners.length > mostShown && h("p", { class: "dim" }, `and ${number(winners.length - mostShown)} before them`),
    ],
  );
  const showAction = part(action, (prize: Prize | null) => prize && drawing(prize, path, again));
  return {
    element: h("li", { class: "card prize" }, head, list, action, fair.element),
    show(prize, winners, canDraw, myTicket) {
      showHead(prize);
      showWinners({ winners, myTicket });
      showAction(canDraw && prize.left > 0 ? prize : null);
      fair.show(prize, winners);
    },
    verify: fair.verify,
  };
}

function drawing(prize: Prize, path: string, again: () => Promise<void>): HTMLElement {
  const most = Math.min(prize.left, mostDrawn);
  const wrong = h("div", { role: "alert", id: `draw-${prize.id}-error` });
  const count = h("input", { id: `count-${prize.id}`, type: "number", min: 1, max: most, value: 1, required: true, inputmode: "numeric", "aria-describedby": wrong.id });
  const draw = async (event: Event): Promise<void> => {
    event.preventDefault();
    show(wrong);
    if (!count.checkValidity()) return show(wrong, h("p", { class: "field-error" }, count.validationMessage));
    button.disabled = true;
    try {
      await post(`${path}/prizes/${prize.id}/draw`, { count: Number(count.value) });
      await again();
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      show(wrong, notice(refused.message));
    } finally {
      button.disabled = false;
      // The button is another one now, or gone with the last of the prize.
      if (!button.isConnected && document.activeElement === document.body) (document.getElementById(button.id) ?? document.getElementById(`prize-${prize.id}`))?.focus();
    }
  };
  const button = h("button", { type: "submit", class: "primary", id: `draw-${prize.id}` }, prize.quantity === 1 ? "Draw the winner" : "Draw");
  return h(
    "form",
    { class: "draw", novalidate: true, submit: (event) => void draw(event) },
    most > 1 && h("label", { for: count.id }, "Winners"),
    most > 1 && count,
    button,
    wrong,
  );
}
