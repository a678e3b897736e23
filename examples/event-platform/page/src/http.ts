/** Why a request was not fulfilled: the server's problem+json, or that there was no answer. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

export interface Request {
  body?: unknown;
  /** Sent again with the same key, it is not done twice. */
  key?: string;
  token?: string | null;
  signal?: AbortSignal;
}

export async function open(method: string, path: string, { body, key, token, signal }: Request = {}): Promise<Response> {
  const headers = new Headers({ Accept: "application/json" });
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (key) headers.set("Idempotency-Key", `"${key}"`);
  if (token) headers.set("Authorization", `Bearer ${token}`);
  let response: Response;
  try {
    response = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body), signal: signal ?? null, cache: "no-store" });
  } catch (lost) {
    if (signal?.aborted) throw lost;
    throw new Refusal(0, "unreachable", "The platform does not answer. Check the connection and try again.");
  }
  if (!response.ok) throw await refusalOf(response);
  return response;
}

export async function send<T>(method: string, path: string, request: Request = {}): Promise<T> {
  const response = await open(method, path, request);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

async function refusalOf(response: Response): Promise<Refusal> {
  const isProblem = response.headers.get("Content-Type")?.includes("json");
  const problem = isProblem ? ((await response.json()) as Record<string, unknown>) : {};
  const after = Number(response.headers.get("Retry-After"));
  const message = typeof problem["title"] === "string" ? problem["title"] : `The platform answers ${response.status}.`;
  return new Refusal(
    response.status,
    typeof problem["code"] === "string" ? problem["code"] : "",
    response.status === 429 && after > 0 ? `${message} (${after} s)` : message,
    { ...problem, retryAfter: after },
  );
}
