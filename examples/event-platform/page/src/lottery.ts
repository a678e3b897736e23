// A draw done again, as ../../README.md describes it: nothing here asks the server for anything but what it published.

const tries = 4096;

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export async function commitmentOf(seed: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytesOf(seed));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The tickets that a seed draws, one after another. */
export async function* numbers(seed: string, tickets: number): AsyncGenerator<number> {
  const key = await crypto.subtle.importKey("raw", bytesOf(seed), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const values = 1n << 64n;
  const fair = values - (values % BigInt(tickets));
  const counter = new DataView(new ArrayBuffer(8));
  for (let n = 0n; ; n++) {
    counter.setBigUint64(0, n);
    const value = new DataView(await crypto.subtle.sign("HMAC", key, counter)).getBigUint64(0);
    if (value < fair) yield Number(value % BigInt(tickets)) + 1;
  }
}

export interface Verdict {
  /** Whether the seed is the one that was promised. */
  keepsPromise: boolean;
  /** Drawn before the last winner, and did not win: their holders could not. */
  passedOver: number[];
  /** Winners that the seed's numbers do not bring. */
  unexplained: number[];
}

export async function verify(draw: { seed: string; commitment: string; tickets: number }, winners: readonly number[]): Promise<Verdict> {
  const keepsPromise = (await commitmentOf(draw.seed)) === draw.commitment;
  const missing = new Set(winners);
  const passedOver = new Set<number>();
  let tried = 0;
  for await (const ticket of numbers(draw.seed, draw.tickets)) {
    if (missing.size === 0 || tried++ === tries) break;
    if (!missing.delete(ticket) && !winners.includes(ticket)) passedOver.add(ticket);
  }
  return { keepsPromise, passedOver: [...passedOver], unexplained: [...missing] };
}
