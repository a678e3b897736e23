import { all, get, post } from "./api.ts";
import { announce, empty, h, notice, number, part, plural, show, skeleton } from "./dom.ts";
import { Refusal } from "./http.ts";
import { watch } from "./live.ts";
import { manage, type Management } from "./manage.ts";
import { people } from "./people.ts";
import { prizeList } from "./prizes.ts";
import { appsByName, isOver, pill, when } from "./rooms.ts";
import { entitle, type Visit } from "./routes.ts";
import { signedIn } from "./session.ts";
import { mostCounted, type Prize, type Room, type Winner } from "./types.ts";

const mostWinners = 1000;

export async function roomPage({ at, params, left }: Visit): Promise<void> {
  const path = `/rooms/${params["id"]}`;
  show(at, h("div", { class: "heading" }, h("h1", { tabindex: -1, class: "dim" }, "Room")), skeleton(3, "prize"));
  let room: Room;
  let prizes: Prize[];
  let winners: Winner[];
  let apps: ReadonlyMap<string, string>;
  try {
    const [read, named] = await Promise.all([Promise.all([get<Room>(path, left), get<Prize[]>(`${path}/prizes`, left), all<Winner>(`${path}/winners`, mostWinners, left)]), appsByName(left)]);
    [room, prizes, winners] = read;
    apps = new Map(named.map((app) => [app.appId, app.name]));
  } catch (refused) {
    if (left.aborted || !(refused instanceof Refusal)) throw refused;
    return failed(at, refused);
  }

  const live = h("span", { class: "live", id: "live" }, "Connecting…");
  const [head, mine, latest, organizer, list] = [h("div"), h("div", { id: "mine" }), h("div", { id: "latest" }), h("div"), h("ul", { class: "prizes" })];
  const here = people(path, left);
  show(
    at,
    h("div", { class: "row crumbs" }, h("a", { href: "/" }, "← Rooms"), live),
    head,
    latest,
    mine,
    organizer,
    h("section", { "aria-labelledby": "prizes" }, h("h2", { id: "prizes" }, "Prizes"), list),
    here.element,
  );
  const showHead = part(head, (shown: Room) => [
    h("div", { class: "heading" }, h("h1", { tabindex: -1, id: "title" }, shown.title), pill(shown.status)),
    shown.description && h("p", { class: "lead" }, shown.description),
    h("p", { class: "dim facts" }, [apps.get(shown.appId) ?? shown.appId, shown.isPublic ? "public" : "private", counted(shown), when(shown)].filter(Boolean).join(" · ")),
  ]);
  const showMine = part(mine, (shown: Pick<Room, "status" | "myRole" | "myTicket" | "isPublic">) => joining(shown, path, again));
  const showOrganizer = part(organizer, (shown: Management) => manage(shown, path, again));
  const cards = prizeList(list, path, left, again);

  function draw(): void {
    entitle(room.title);
    showHead(room);
    const { status, myRole, myTicket, isPublic } = room;
    showMine({ status, myRole, myTicket, isPublic });
    const manages = (myRole === "ADMIN" || myRole === "ORGANIZER") && !isOver(room);
    showOrganizer(manages ? { status } : null);
    cards.show({ prizes, winners, canDraw: manages && status === "ACTIVE", myTicket });
    here.show(myRole !== null);
  }

  async function readRoom(): Promise<void> {
    room = await get(path, left);
    draw();
  }

  async function readAll(): Promise<void> {
    const before = new Set(winners.map((winner) => winner.id));
    [room, prizes, winners] = await Promise.all([get<Room>(path, left), get<Prize[]>(`${path}/prizes`, left), all<Winner>(`${path}/winners`, mostWinners, left)]);
    draw();
    const drawn = winners.filter((winner) => !before.has(winner.id));
    if (drawn.length > 0) await won(drawn);
  }

  /** A draw has arrived: said, shown above, and done again here. */
  async function won(drawn: readonly Winner[]): Promise<void> {
    const prize = prizes.find((one) => one.id === drawn[0]!.prizeId);
    if (!prize) return;
    const isMine = drawn.some((winner) => winner.ticket === room.myTicket);
    const names = drawn.map((winner) => winner.name ?? `ticket ${winner.ticket}`);
    const words = isMine ? `You have won: ${prize.name}!` : `${prize.name} goes to ${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${plural(names.length - 3, "other")}` : ""}.`;
    announce(words);
    const checked = h("p", { class: "checked" }, "Your browser does the draw again…");
    show(latest, h("div", { class: isMine ? "news mine" : "news" }, h("p", { class: "words" }, words), checked));
    const verdict = await cards.verify(prize.id, drawn[0]!.round);
    checked.className = `checked ${verdict.kind}`;
    checked.textContent = verdict.short;
  }

  const [roomAgain, allAgain] = [calmly(readRoom, left), calmly(readAll, left)];
  function again(): Promise<void> {
    return readAll();
  }

  draw();
  // The heading that had the focus until now is gone.
  if (document.activeElement === at || document.activeElement === document.body) at.querySelector("h1")!.focus({ preventScroll: true });
  void watch(
    params["id"]!,
    {
      told(event) {
        if (["joined", "left", "seen", "role_changed"].includes(event.type)) roomAgain();
        else allAgain();
        if (["joined", "left", "role_changed"].includes(event.type)) here.changed();
      },
      connected(isLive) {
        live.textContent = isLive ? "Live" : "Reconnecting…";
        live.classList.toggle("on", isLive);
      },
      gone() {
        live.remove();
        show(at, h("h1", { tabindex: -1 }, room.title), empty("This room is not shown to you any more.", h("a", { class: "button", href: "/" }, "To the rooms")));
      },
    },
    left,
  );
}

const counted = ({ participants, maxParticipants }: Room): string | null =>
  participants === null ? null : `${participants >= mostCounted ? `${number(mostCounted)} people or more` : plural(participants, "person", "people")}${maxParticipants ? ` of ${number(maxParticipants)}` : ""}`;

function failed(at: HTMLElement, refused: Refusal): void {
  const isMissing = refused.status === 404;
  show(
    at,
    h("h1", { tabindex: -1 }, isMissing ? "No such room" : "Not now"),
    isMissing
      ? empty("It is not there, or not public.", !signedIn() && h("a", { class: "button", href: `/sign-in?then=${encodeURIComponent(location.pathname)}` }, "Sign in"), h("a", { class: "button", href: "/" }, "To the rooms"))
      : [notice(refused.message), h("a", { class: "button", href: location.pathname }, "Try again")],
  );
  at.querySelector("h1")!.focus();
}

/** Many calls, one after another at the most. What cannot be read now comes with the next connection. */
function calmly(read: () => Promise<void>, left: AbortSignal): () => void {
  let [isRunning, isWanted] = [false, false];
  return () => {
    isWanted = true;
    if (isRunning) return;
    isRunning = true;
    void (async () => {
      while (isWanted && !left.aborted) {
        isWanted = false;
        await read().catch((lost: unknown) => {
          if (!left.aborted && !(lost instanceof Refusal)) throw lost;
        });
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      isRunning = false;
    })();
  };
}

const roles = { ADMIN: "You run this room.", ORGANIZER: "You organize this room.", MODERATOR: "You moderate this room.", PARTICIPANT: "Good luck.", VIEWER: "You watch, and cannot win." };

function joining({ status, myRole, myTicket }: Pick<Room, "status" | "myRole" | "myTicket" | "isPublic">, path: string, again: () => Promise<void>): HTMLElement | null {
  const wrong = h("div", { role: "alert" });
  const act = async (button: HTMLButtonElement, what: "join" | "leave"): Promise<void> => {
    button.disabled = true;
    try {
      await post(`${path}/${what}`);
      await again();
      const at = document.getElementById("mine")!;
      (at.querySelector<HTMLElement>(".ticket") ?? at.querySelector<HTMLElement>("button"))?.focus();
      announce(what === "join" ? `You are in. ${at.querySelector(".ticket")?.textContent ?? ""}` : "You have left the room.");
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      button.disabled = false;
      show(wrong, notice(refused.message));
    }
  };
  if (myRole) {
    return h(
      "div",
      { class: "panel in" },
      myRole === "PARTICIPANT" && h("div", { class: "ticket", tabindex: -1 }, h("span", { class: "dim" }, "Your ticket "), h("strong", {}, myTicket === null ? "–" : number(myTicket))),
      h("p", {}, roles[myRole]),
      status === "ACTIVE" && myRole !== "ADMIN" && h("button", { id: "leave", class: "quiet", click: (event) => void act(event.currentTarget as HTMLButtonElement, "leave") }, "Leave"),
      wrong,
    );
  }
  if (status !== "ACTIVE") return null;
  return h(
    "div",
    { class: "panel" },
    h("p", {}, "Join, and you have a ticket in every draw."),
    signedIn()
      ? h("button", { id: "join", class: "primary", click: (event) => void act(event.currentTarget as HTMLButtonElement, "join") }, "Join")
      : h("a", { class: "button primary", id: "join", href: `/sign-in?then=${encodeURIComponent(location.pathname)}` }, "Sign in to join"),
    wrong,
  );
}
