import { h, show } from "./dom.ts";

/** What a page is handed: where to show itself, the address, and when it is left. */
export interface Visit {
  at: HTMLElement;
  url: URL;
  params: Record<string, string>;
  left: AbortSignal;
}

export interface Route {
  path: RegExp;
  title: string;
  show(visit: Visit): void | Promise<void>;
}

// The server answers `/rooms/` with whatever stands behind it by the document.
const nowhere: Route = {
  path: /^/,
  title: "No such page",
  show: ({ at }) => show(at, h("h1", { tabindex: -1 }, "There is no such page"), h("p", {}, "The address is mistyped, or of another place."), h("a", { class: "button", href: "/" }, "To the rooms")),
};

let leave = new AbortController();
let routes: readonly Route[] = [];

export function start(all: readonly Route[]): void {
  routes = all;
  addEventListener("popstate", () => arrive(true));
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a");
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || link.origin !== location.origin || link.hash || !routeOf(new URL(link.href))) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  arrive(false);
}

export function go(path: string, isReplacing = false): void {
  history[isReplacing ? "replaceState" : "pushState"](null, "", path);
  arrive(true);
}

/** Of this page only: an address that came from outside leads nowhere else. */
export function ownPath(path: string | null): string {
  const url = path && URL.canParse(path, location.origin) ? new URL(path, location.origin) : null;
  return url?.origin === location.origin && routeOf(url) ? url.pathname + url.search : "/";
}

export function entitle(title: string): void {
  document.title = `${title} · Event platform`;
}

const routeOf = (url: URL): Route | undefined => routes.find((route) => route.path.test(url.pathname));

function arrive(isMoving: boolean): void {
  leave.abort();
  leave = new AbortController();
  const left = leave.signal;
  const url = new URL(location.href);
  const route = routeOf(url) ?? nowhere;
  const at = document.getElementById("main")!;
  entitle(route.title);
  show(at);
  const shown = route.show({ at, url, params: route.path.exec(url.pathname)?.groups ?? {}, left });
  Promise.resolve(shown).catch((failed: unknown) => {
    if (!left.aborted) throw failed;
  });
  // As if a page were opened: at its top, and a screen reader begins with its heading.
  if (isMoving) {
    scrollTo(0, 0);
    (at.querySelector<HTMLElement>("h1") ?? at).focus({ preventScroll: true });
  }
}
