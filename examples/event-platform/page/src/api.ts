import { Refusal, open, send, type Request } from "./http.ts";
import { token } from "./session.ts";
import type { Page } from "./types.ts";

/** As who is signed in; once more with a new token where the one at hand was refused. */
async function asMe<T>(work: (token: string | null) => Promise<T>): Promise<T> {
  const mine = await token();
  try {
    return await work(mine);
  } catch (refused) {
    if (!mine || !(refused instanceof Refusal) || refused.status !== 401) throw refused;
    return work(await token(true));
  }
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
  asMe((token) => send<T>("GET", `/api/v1${path}`, { token, ...(signal && { signal }) }));

export const stream = (path: string, signal: AbortSignal): Promise<Response> => asMe((token) => open("GET", `/api/v1${path}`, { token, signal }));

/** All pages of a list, up to so many. */
export async function all<T>(path: string, most: number, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  for (let next: string | null = null; ; ) {
    const page: Page<T> = await get(`${path}?limit=200${next ? `&after=${encodeURIComponent(next)}` : ""}`, signal);
    items.push(...page.items);
    next = page.next;
    if (!next || items.length >= most) return items;
  }
}

// Of what was sent and not answered: who presses the button again sends the same request, and it is not done twice.
const unanswered = new Map<string, string>();

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  const what = `${path} ${JSON.stringify(body)}`;
  const key = unanswered.get(what) ?? crypto.randomUUID();
  unanswered.set(what, key);
  const request: Request = { body, key };
  try {
    const answer = await asMe((token) => send<T>("POST", `/api/v1${path}`, { ...request, token }));
    unanswered.delete(what);
    return answer;
  } catch (refused) {
    if (refused instanceof Refusal && refused.status > 0 && refused.status < 500) unanswered.delete(what);
    throw refused;
  }
}
