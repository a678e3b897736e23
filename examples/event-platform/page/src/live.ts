// Server-Sent Events, read with fetch: an EventSource cannot send an access token, and in an address it would be in every log.
import { stream } from "./api.ts";
import { Refusal } from "./http.ts";
import type { RoomEvent } from "./types.ts";

const longestPause = 30_000;

export interface Watcher {
  /** `watching` comes with each connection: what was missed is to be read again. */
  told(event: RoomEvent): void;
  connected(isLive: boolean): void;
  /** The room is not shown any more. */
  gone(): void;
}

export async function watch(roomId: string, watcher: Watcher, signal: AbortSignal): Promise<void> {
  for (let pause = 1000; !signal.aborted; pause = Math.min(pause * 2, longestPause)) {
    let wait = pause / 2 + Math.random() * (pause / 2);
    try {
      const response = await stream(`/rooms/${roomId}/events`, signal);
      watcher.connected(true);
      for await (const event of events(response.body!)) {
        pause = 1000;
        watcher.told(event);
      }
    } catch (lost) {
      if (signal.aborted) return;
      if (lost instanceof Refusal && (lost.status === 404 || lost.status === 403)) return watcher.gone();
      if (lost instanceof Refusal) wait = Math.max(wait, Number(lost.details["retryAfter"] ?? 0) * 1000);
      else if (!(lost instanceof TypeError)) throw lost; // a TypeError is how a broken connection looks
    }
    watcher.connected(false);
    await paused(wait, signal);
  }
}

async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<RoomEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = block.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart());
        if (data.length > 0) yield JSON.parse(data.join("\n")) as RoomEvent;
      }
    }
  } finally {
    await reader.cancel();
  }
}

/** Until the time is over, or the browser says that it is connected again. */
function paused(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const done = (): void => {
      over.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done, { signal: over.signal });
    signal.addEventListener("abort", done, { signal: over.signal });
  });
}
