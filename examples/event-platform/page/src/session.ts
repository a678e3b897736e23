// The access token lives here, in memory; the refresh token in a cookie that no script reads.
import { Refusal, send } from "./http.ts";
import type { User } from "./types.ts";

interface Tokens {
  accessToken: string;
  expiresIn: number;
  user: User;
}

interface Session {
  token: string;
  until: number;
  user: User;
}

// No secret: only whether it is worth while to ask for a session when the page opens.
const hint = "event-platform.signed-in";
const early = 30_000;

let session: Session | null = null;
const listeners: (() => void)[] = [];

export const signedIn = (): User | null => session?.user ?? null;

export const onChange = (listener: () => void): void => void listeners.push(listener);

/** Of the session that this browser has from before, if there is one. */
export async function resume(): Promise<void> {
  if (localStorage.getItem(hint)) await token();
}

export async function token(isStale = false): Promise<string | null> {
  if (session && !isStale && Date.now() < session.until - early) return session.token;
  if (!session && !localStorage.getItem(hint)) return null;
  const before = session;
  // A refresh token is used once: two tabs that use it at the same time would look like a thief.
  return navigator.locks.request("event-platform.refresh", async () => {
    if (session !== before) return session?.token ?? null;
    try {
      return begin(await send<Tokens>("POST", "/auth/v1/token/refresh", { body: {} }));
    } catch (refused) {
      if (!(refused instanceof Refusal) || (refused.status !== 401 && refused.status !== 400)) throw refused;
      end();
      return null;
    }
  });
}

export async function signIn(body: { identifier: string; password: string; newPassword?: string }): Promise<void> {
  begin(await send<Tokens>("POST", "/auth/v1/login", { body }));
}

export async function showSecondFactor(body: { mfaToken: string; code?: string; recoveryCode?: string; newPassword?: string }): Promise<void> {
  begin(await send<Tokens>("POST", "/auth/v1/login/mfa", { body }));
}

/** Null where the address is to be confirmed first. */
export async function signUp(body: { email: string; password: string; displayName: string }): Promise<User | null> {
  const answer = await send<Partial<Tokens> | undefined>("POST", "/auth/v1/register", { body });
  if (!answer?.accessToken) return null;
  begin(answer as Tokens);
  return signedIn();
}

export async function signOut(): Promise<void> {
  const mine = await token();
  if (mine) await send("POST", "/auth/v1/logout", { token: mine });
  end();
}

function begin(tokens: Tokens): string {
  session = { token: tokens.accessToken, until: Date.now() + Number(tokens.expiresIn) * 1000, user: tokens.user };
  localStorage.setItem(hint, "yes");
  changed();
  return session.token;
}

function end(): void {
  session = null;
  localStorage.removeItem(hint);
  changed();
}

const changed = (): void => listeners.forEach((told) => told());

// Who signs out in one tab has signed out in all.
addEventListener("storage", (event) => {
  if (event.key === hint && event.newValue === null && session) end();
});
