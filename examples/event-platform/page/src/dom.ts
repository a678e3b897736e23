export type Child = Node | string | number | null | undefined | false | readonly Child[];

type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

/** An element. Text is text: nothing here reads HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...flat(children));
  return element;
}

const flat = (children: readonly Child[]): (Node | string)[] =>
  children.flatMap((child) =>
    Array.isArray(child) ? flat(child as readonly Child[]) : child === null || child === undefined || child === false ? [] : [child instanceof Node ? child : String(child)],
  );

/** Other children; what had the focus keeps it, found by its id. */
export function show(at: Element, ...children: Child[]): void {
  const focused = at.contains(document.activeElement) ? document.activeElement?.id : undefined;
  at.replaceChildren(...flat(children));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** Shows what is made of a value, and again only when it is another one. */
export function part<T>(at: Element, make: (value: T) => Child): (value: T) => void {
  let shown: string | undefined;
  return (value) => {
    const now = JSON.stringify(value);
    if (now === shown) return;
    shown = now;
    show(at, make(value));
  };
}

let calm: ReturnType<typeof setTimeout> | undefined;

/** Said by screen readers. Emptied first: the same words twice are said twice. */
export function announce(words: string): void {
  const at = document.getElementById("announcer")!;
  at.textContent = "";
  clearTimeout(calm);
  calm = setTimeout(() => (at.textContent = words), 60);
}

export const date = (at: string): string => new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));

export const time = (at: string | number): string => new Intl.DateTimeFormat(undefined, { timeStyle: "medium" }).format(new Date(at));

export const number = (value: number): string => new Intl.NumberFormat().format(value);

export const plural = (count: number, one: string, many = `${one}s`): string => `${number(count)} ${count === 1 ? one : many}`;

/** Placeholders as high as what will come. */
export const skeleton = (count: number, kind = ""): Child[] => Array.from({ length: count }, () => h("div", { class: `skeleton ${kind}`, "aria-hidden": "true" }));

export const empty = (words: string, ...more: Child[]): HTMLElement => h("div", { class: "empty" }, h("p", {}, words), ...more);

export const notice = (words: string, kind: "bad" | "good" = "bad"): HTMLElement => h("p", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : "status" }, words);
