// Questions to the server that this page came from. Nothing else is ever asked of anybody.

export class Refused extends Error {
  constructor(readonly status: number, readonly body: { message?: string; code?: string; detail?: string; hint?: string; position?: number; [more: string]: unknown }) {
    super(body.message ?? `The server answered with ${status}.`);
  }
}

// Of this origin alone, whose port is part of it.
const place = "sluice-studio-key";
const key = () => ({ "X-Sluice-Studio": localStorage.getItem(place) ?? "" });

/** Exchanges the secret of the link for the page's own, and takes it out of the address. */
export async function enter(): Promise<void> {
  const token = new URLSearchParams(location.search).get("token");
  if (token === null) return;
  history.replaceState(null, "", `/${location.hash}`);
  const response = await fetch("/api/enter", { method: "POST", headers: { "X-Sluice-Studio": "enter" }, body: token });
  if (response.ok) localStorage.setItem(place, await response.text());
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, { headers: key(), ...(signal && { signal }) });
}

export function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, { method: "POST", headers: { ...key(), "Content-Type": "application/json" }, body: JSON.stringify(body), ...(signal && { signal }) });
}

async function ask<T>(path: string, request: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api${path}`, request);
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === "AbortError") throw failure;
    throw new Refused(0, { message: "Studio does not answer.", hint: "Is `sluice studio` still running? Start it again, and open the new link." });
  }
  const text = await response.text();
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json") ?? false;
  if (!response.ok) throw new Refused(response.status, isJson ? JSON.parse(text) : { message: text.trim() || `The server answered with ${response.status}.` });
  return JSON.parse(text) as T;
}

/** Lines of events as they come, until the signal or the server ends them. */
export async function listen(path: string, signal: AbortSignal, event: (data: unknown) => void): Promise<void> {
  const response = await fetch(`/api${path}`, { headers: key(), signal });
  if (!response.ok || !response.body) throw new Refused(response.status, {});
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += value;
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const data = rest.slice(0, end).split("\n").filter((l) => l.startsWith("data: ")).map((l) => l.slice(6)).join("\n");
      rest = rest.slice(end + 2);
      if (data) event(JSON.parse(data));
    }
  }
}

export const isAbort = (failure: unknown): boolean => failure instanceof DOMException && failure.name === "AbortError";
