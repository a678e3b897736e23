import { get } from "./api.ts";
import { announce, date, empty, h, notice, plural, show, skeleton, type Child } from "./dom.ts";
import { Refusal } from "./http.ts";
import type { Visit } from "./routes.ts";
import { signedIn } from "./session.ts";
import type { App, Page, Room, Status } from "./types.ts";

const size = 12;

const filters: readonly (readonly [query: string, label: string])[] = [["", "All"], ["status=ACTIVE", "Open"], ["status=COMPLETED", "Completed"], ["status=CANCELLED", "Cancelled"]];

const words: Record<Status, string> = { DRAFT: "Draft", ACTIVE: "Open", COMPLETED: "Completed", CANCELLED: "Cancelled" };

export const pill = (status: Status): HTMLElement => h("span", { class: `pill ${status.toLowerCase()}` }, words[status]);

export async function appsByName(left: AbortSignal): Promise<App[]> {
  return (await get<Page<App>>("/apps?limit=200", left)).items;
}

export async function roomsPage({ at, url, left }: Visit): Promise<void> {
  const query = url.search.slice(1);
  const me = signedIn();
  const list = h("ul", { class: "rooms", id: "rooms" });
  const below = h("div", { class: "below" });
  show(
    at,
    h("div", { class: "heading" }, h("h1", { tabindex: -1 }, "Rooms"), me && h("a", { class: "button primary", href: "/new" }, "New room")),
    !me && h("p", { class: "lead" }, "Join a room, win prizes. Every draw can be done again in your browser."),
    h(
      "nav",
      { class: "filters", "aria-label": "Which rooms" },
      [...filters, ...(me ? [["mine=true", "Yours"] as const] : [])].map(([to, label]) => h("a", { href: to ? `/?${to}` : "/", "aria-current": to === query ? "page" : null }, label)),
    ),
    list,
    below,
  );
  show(list, skeleton(4, "room"));
  list.setAttribute("aria-busy", "true");
  try {
    const [apps, page] = await Promise.all([appsByName(left), read(null)]);
    const names = new Map(apps.map((app) => [app.appId, app.name]));
    list.removeAttribute("aria-busy");
    show(list, page.items.map((room) => item(room, names)));
    if (page.items.length === 0 && !page.next) show(below, nothing(query, me !== null));
    else more(page, names);
  } catch (refused) {
    if (left.aborted || !(refused instanceof Refusal)) throw refused;
    show(list);
    show(below, notice(refused.message), h("a", { class: "button", href: url.pathname + url.search }, "Try again"));
  }

  function read(after: string | null): Promise<Page<Room>> {
    return get(`/rooms?limit=${size}${query ? `&${query}` : ""}${after ? `&after=${encodeURIComponent(after)}` : ""}`, left);
  }

  function more(page: Page<Room>, names: ReadonlyMap<string, string>): void {
    const next = async (): Promise<void> => {
      button.disabled = true;
      const following = await read(page.next);
      const items = following.items.map((room) => item(room, names));
      list.append(...items);
      more(following, names);
      announce(`${plural(items.length, "room")} more.`);
      items[0]?.querySelector("a")?.focus();
    };
    const button = h("button", { id: "more", click: () => void next() }, "Show more");
    show(below, page.next && button);
  }
}

const item = (room: Room, apps: ReadonlyMap<string, string>): HTMLElement =>
  h(
    "li",
    { class: "card room" },
    h("div", { class: "row" }, h("h2", {}, h("a", { href: `/rooms/${room.id}` }, room.title)), pill(room.status)),
    h("p", { class: "dim" }, [apps.get(room.appId) ?? room.appId, when(room)].filter(Boolean).join(" · ")),
  );

export const when = (room: Room): string =>
  isOver(room) && room.endsAt ? `ended ${date(room.endsAt)}`
  : !room.startsAt ? ""
  : isOver(room) ? date(room.startsAt)
  : `${new Date(room.startsAt) > new Date() ? "starts" : "since"} ${date(room.startsAt)}`;

export const isOver = (room: Pick<Room, "status">): boolean => room.status === "COMPLETED" || room.status === "CANCELLED";

const nothing = (query: string, isSignedIn: boolean): Child =>
  query === "mine=true" ? empty("You are in no room yet.", h("a", { class: "button", href: "/" }, "Look around"))
  : query ? empty("No room is like that now.", h("a", { class: "button", href: "/" }, "Show all"))
  : empty("There is no room yet.", isSignedIn ? h("a", { class: "button primary", href: "/new" }, "Make the first") : h("a", { class: "button primary", href: "/sign-up" }, "Sign up to make one"));
