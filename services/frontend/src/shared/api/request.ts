import { NoAnswer, problemOf } from "./problem";
import { newTrace } from "./trace";

export interface Sending {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  token?: string | null;
  signal?: AbortSignal | undefined;
  /** Lets the request end after the page has gone. */
  keepalive?: boolean;
  credentials?: RequestCredentials;
}

/** One request as the contract wants it. Throws Problem for a no, NoAnswer for silence, AbortError when told to stop. */
export async function request(url: string, milliseconds: number, sending: Sending = {}): Promise<Response> {
  const trace = newTrace();
  const timeout = AbortSignal.timeout(milliseconds);
  const signal = sending.signal ? AbortSignal.any([sending.signal, timeout]) : timeout;
  let response: Response;
  try {
    response = await fetch(url, { ...initOf(sending), headers: headersOf(sending, trace.header), signal });
  } catch (error) {
    if (sending.signal?.aborted) throw error;
    throw new NoAnswer(trace.id, timeout.aborted);
  }
  if (response.ok) return response;
  throw await problemOf(response, trace.id);
}

function initOf({ method = "GET", body, credentials = "same-origin", keepalive = false }: Sending): RequestInit {
  return { method, body: body === undefined ? null : JSON.stringify(body), credentials, keepalive };
}

function headersOf(sending: Sending, traceparent: string): Record<string, string> {
  return {
    Accept: "application/json",
    "X-Trace-Id": "ui-react",
    traceparent,
    ...(sending.body === undefined ? {} : { "Content-Type": "application/json" }),
    ...(sending.token ? { Authorization: `Bearer ${sending.token}` } : {}),
    ...sending.headers,
  };
}
