import { Refused } from "./api.ts";

/** What went wrong, and what to do about it. */
export function Problem({ of, again }: { of: unknown; again?: () => void }) {
  const body = of instanceof Refused ? of.body : { message: of instanceof Error ? of.message : String(of) };
  return (
    <div class="problem" role="alert">
      <p><b>{body.message}</b> {"code" in body && body.code && <code>{body.code}</code>}</p>
      {"detail" in body && body.detail && <p>{body.detail}</p>}
      {"hint" in body && body.hint && <p>{body.hint}</p>}
      {again && <button type="button" onClick={again}>Try again</button>}
    </div>
  );
}

export function announce(text: string): void {
  const place = document.getElementById("announcer");
  if (place) place.textContent = text;
}

export const number = (n: number): string => n.toLocaleString("en-GB");

export function bytes(n: number): string {
  for (const unit of ["bytes", "kB", "MB", "GB"]) {
    if (n < 1024) return `${unit === "bytes" ? n : n.toFixed(n < 10 ? 1 : 0)} ${unit}`;
    n /= 1024;
  }
  return `${n.toFixed(1)} TB`;
}
