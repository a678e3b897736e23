import { get } from "./api.ts";
import { empty, h, notice, number, show } from "./dom.ts";
import { Refusal } from "./http.ts";
import type { Page, Participant, Role } from "./types.ts";

const words: Record<Role, string> = { ADMIN: "runs the room", ORGANIZER: "organizes", MODERATOR: "moderates", PARTICIPANT: "", VIEWER: "watches" };

/** Who is in the room, for those who are. */
export function people(path: string, left: AbortSignal): { element: HTMLElement; show(isIn: boolean): void; changed(): void } {
  const list = h("ul", { class: "people" });
  const below = h("div", { class: "below" });
  const element = h("details", { class: "who", hidden: true, toggle: () => element.open && void tryRead() }, h("summary", {}, "Who is here"), list, below);

  async function tryRead(after?: string): Promise<void> {
    try {
      await read(after);
    } catch (refused) {
      if (left.aborted) return;
      if (!(refused instanceof Refusal)) throw refused;
      show(below, notice(refused.message));
    }
  }

  async function read(after?: string): Promise<void> {
    const page = await get<Page<Participant>>(`${path}/participants?limit=50${after ? `&after=${encodeURIComponent(after)}` : ""}`, left);
    const items = page.items.map((one) =>
      h("li", { tabindex: -1 }, h("span", { class: "who" }, one.name ?? "Somebody"), h("span", { class: "dim" }, [words[one.role], one.ticket && `ticket ${number(one.ticket)}`].filter(Boolean).join(" · "))),
    );
    if (after) {
      list.append(...items);
      items[0]?.focus();
    } else show(list, items);
    show(below, page.next ? h("button", { id: "more-people", click: () => void tryRead(page.next!) }, "Show more") : items.length === 0 && empty("Nobody is here."));
  }

  return {
    element,
    show(isIn) {
      element.hidden = !isIn;
      if (!isIn) element.open = false;
    },
    changed() {
      // Who reads further pages is not thrown back to the first.
      if (element.open && list.children.length <= 50) void tryRead();
    },
  };
}
