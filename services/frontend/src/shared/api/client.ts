import { API_BASE, COACH_BASE } from "@/shared/config";
import { accessToken, API_TIMEOUT, renew, whoIs } from "@/shared/session/session";
import type { paths as ApiPaths } from "./api-types";
import type { paths as CoachPaths } from "./coach-types";
import { NoAnswer, Problem } from "./problem";
import { request, type Sending } from "./request";

const COACH_TIMEOUT = 60_000;

type Method = "get" | "post" | "patch" | "delete";
type Body<T> = T extends { requestBody?: { content: { "application/json": infer B } } } ? B : undefined;
type Params<T> = T extends { parameters: { path?: infer P; query?: infer Q } } ? { path?: P; query?: Q } : object;
type Json<T> = T extends { content: { "application/json": infer R } } ? R : undefined;
type Answer<T> = T extends { responses: { 200: infer R } }
  ? Json<R>
  : T extends { responses: { 201: infer R } | { 202: infer R } }
    ? Json<R>
    : undefined;

interface Options<T> {
  params?: Params<T>;
  body?: Body<T>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  keepalive?: boolean;
  /** Whose request it is, if it may have waited; else whoever is here now. */
  who?: string;
}

export interface Answered<T> {
  data: T;
  headers: Headers;
}

/** Calls the Workout API: paths, parameters, bodies and answers are those of its OpenAPI document. */
export function api<P extends keyof ApiPaths, M extends Method & keyof ApiPaths[P]>(
  method: M,
  path: P,
  options: Options<ApiPaths[P][M]> = {},
): Promise<Answered<Answer<ApiPaths[P][M]>>> {
  return call(API_BASE, API_TIMEOUT, method, path, options as Options<unknown>);
}

/** Calls the coach, likewise. */
export function coach<P extends keyof CoachPaths, M extends Method & keyof CoachPaths[P]>(
  method: M,
  path: P,
  options: Options<CoachPaths[P][M]> = {},
): Promise<Answered<Answer<CoachPaths[P][M]>>> {
  return call(COACH_BASE, COACH_TIMEOUT, method, path, options as Options<unknown>);
}

async function call<T>(
  base: string,
  milliseconds: number,
  method: Method,
  path: string,
  options: Options<unknown>,
): Promise<Answered<T>> {
  const sending = { method: method.toUpperCase(), body: options.body, ...picked(options) } as Sending;
  const response = await authorised(base + filled(path, options.params ?? {}), milliseconds, sending, options.who);
  return { data: (response.status === 204 ? undefined : await json(response)) as T, headers: response.headers };
}

/** Something in between may say 200 to everything: a hotel's login page is no answer. */
function json(response: Response): Promise<unknown> {
  if (!response.headers.get("Content-Type")?.includes("json")) throw new NoAnswer(undefined, false);
  return response.json();
}

/** Streams the coach's answer to POST; the caller reads the events. */
export function coachStream(path: keyof CoachPaths, body: unknown, signal: AbortSignal): Promise<Response> {
  return authorised(COACH_BASE + path, COACH_TIMEOUT, { method: "POST", body, signal });
}

/** Fetches a file of the API. */
export function apiFile(path: keyof ApiPaths): Promise<Response> {
  return authorised(API_BASE + path, API_TIMEOUT, {});
}

/** With the token of whoever is logged in. A token that is not taken is renewed once; somebody else's is not used. */
async function authorised(url: string, milliseconds: number, sending: Sending, who = whoIs()): Promise<Response> {
  const token = theirs(who, await accessToken());
  try {
    return await request(url, milliseconds, { ...sending, token });
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401 || !token) throw error;
    return request(url, milliseconds, { ...sending, token: theirs(who, await renew(token)) });
  }
}

function theirs(who: string, token: string | null): string | null {
  if (who !== whoIs()) throw new NoAnswer(undefined, false);
  return token;
}

function picked({ headers, signal, keepalive }: Options<unknown>): Partial<Sending> {
  return { ...(headers && { headers }), ...(signal && { signal }), ...(keepalive && { keepalive }) };
}

function filled(template: string, params: { path?: unknown; query?: unknown }): string {
  const parts = (params.path ?? {}) as Record<string, string | number>;
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parts[name])));
  const query = Object.entries((params.query ?? {}) as Record<string, unknown>).filter(([, value]) => value != null);
  return query.length ? `${path}?${new URLSearchParams(query.map(([name, value]) => [name, String(value)]))}` : path;
}
