import { vi } from "vitest";

/** A request as it would have gone over the wire. */
export interface Sent {
  method: string;
  path: string;
  headers: Headers;
  body: unknown;
}

type Answer = (sent: Sent) => Response | Promise<Response>;

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });

export const problem = (status: number, body: object = {}, headers: Record<string, string> = {}): Response =>
  json({ title: "No", ...body }, status, { "Content-Type": "application/problem+json", ...headers });

/** The network is away. */
export const away: Answer = () => Promise.reject(new TypeError("Failed to fetch"));

/** Stands where the network is: `wire.answer` may be replaced at any time, and `wire.sent` is all that was asked. */
export class Wire {
  readonly sent: Sent[] = [];

  constructor(public answer: Answer) {
    vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
      const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
      const sent = { method: init.method ?? "GET", path: url, headers: new Headers(init.headers), body };
      this.sent.push(sent);
      return Promise.race([this.answer(sent), aborted(init.signal)]);
    });
  }

  asked(): string[] {
    return this.sent.map(({ method, path }) => `${method} ${path}`);
  }
}

function aborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal?.reason as Error);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
  });
}

/** An access token for somebody, as the API writes them, though nobody has signed it. */
export function tokenFor(username: string, role: string, mark = ""): string {
  const encoded = btoa(JSON.stringify({ sub: username, role, jti: mark })).replace(/\+/g, "-").replace(/\//g, "_");
  return `h.${encoded}.s`;
}

export const granted = (username: string, role = "user", expires_in = 1800, mark = ""): Response =>
  json({ access_token: tokenFor(username, role, mark), token_type: "bearer", expires_in, refresh_token: null });
