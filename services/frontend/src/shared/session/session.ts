import { API_BASE } from "@/shared/config";
import { exclusively } from "@/shared/locks";
import { Problem } from "@/shared/api/problem";
import { request } from "@/shared/api/request";
import { createStore, useStore } from "@/shared/store";
import { forgetStored, readStored, writeStored } from "@/shared/storage";
import { isWho, whoIn, type Who } from "./claims";

export const API_TIMEOUT = 10_000;
const EARLY = 60_000; // a token that is about to end is renewed before it is used
const REMEMBERED = "workout.who"; // the name alone: whether it is worth asking for a new token after a reload
const LOCK = "workout-session";

/** `expired`: somebody was logged in and has to prove it again; nothing they typed is touched until they do. */
type Session = { status: "anonymous" } | { status: "in" | "expired"; who: Who };

interface Token {
  text: string;
  until: number;
}

type News = { kind: "in"; token: Token } | { kind: "out" };

const remembered = readStored(REMEMBERED, isWho);
const session = createStore<Session>(remembered ? { status: "in", who: remembered } : { status: "anonymous" });
let token: Token | null = null;

const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("workout-session");
tabs?.addEventListener("message", (event: MessageEvent<News>) => {
  if (event.data.kind === "in") accept(event.data.token);
  else leave();
});

export const useSession = (): Session => useStore(session);
export const currentSession = session.get;
export const onSession = session.subscribe;

/** Whose changes and kept data these are; empty for nobody in particular. */
export function whoIs(state: Session = session.get()): string {
  return state.status === "anonymous" ? "" : state.who.username;
}

/** The token to send, renewed if need be; null without a login. */
export async function accessToken(): Promise<string | null> {
  if (session.get().status !== "in") return null;
  return token && token.until > Date.now() + EARLY ? token.text : renew(token?.text ?? null);
}

/** A token other than `stale`. One tab asks, and the others are told. */
export function renew(stale: string | null): Promise<string | null> {
  return exclusively(LOCK, async () => {
    if (session.get().status !== "in") return null;
    if (token && token.text !== stale) return token.text;
    try {
      return enter(await ask("/auth/refresh"));
    } catch (error) {
      if (error instanceof Problem && (error.status === 401 || error.status === 403)) expire();
      throw error;
    }
  });
}

export async function logIn(username: string, password: string): Promise<void> {
  enter(await ask("/auth/login?session=cookie", { username, password }));
}

export async function changePassword(current: string, next: string): Promise<void> {
  const body = { current_password: current, new_password: next };
  enter(await ask("/auth/password", body, await accessToken()));
}

export async function logOut(everywhere: boolean): Promise<void> {
  const held = await accessToken().catch(() => null);
  await request(`${API_BASE}/auth/logout${everywhere ? "?all=true" : ""}`, API_TIMEOUT, {
    method: "POST",
    token: held,
    credentials: "include",
  });
  leave();
  tabs?.postMessage({ kind: "out" } satisfies News);
}

/** Go on without an account. */
export function leave(): void {
  token = null;
  forgetStored(REMEMBERED);
  session.set({ status: "anonymous" });
}

function expire(): void {
  const state = session.get();
  token = null;
  if (state.status === "in") session.set({ status: "expired", who: state.who });
}

async function ask(path: string, body?: unknown, held: string | null = null): Promise<Token> {
  const sending = { method: "POST", credentials: "include", token: held } as const;
  const response = await request(`${API_BASE}${path}`, API_TIMEOUT, body === undefined ? sending : { ...sending, body });
  const answer = (await response.json()) as { access_token: string; expires_in: number };
  return { text: answer.access_token, until: Date.now() + answer.expires_in * 1000 };
}

function enter(fresh: Token): string {
  accept(fresh);
  tabs?.postMessage({ kind: "in", token: fresh } satisfies News);
  return fresh.text;
}

function accept(fresh: Token): void {
  const who = whoIn(fresh.text);
  token = fresh;
  writeStored(REMEMBERED, who);
  const state = session.get();
  const same = state.status === "in" && state.who.username === who.username && state.who.role === who.role;
  if (!same) session.set({ status: "in", who });
}
