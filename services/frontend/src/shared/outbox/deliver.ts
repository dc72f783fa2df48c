import { isPassing, Problem } from "@/shared/api/problem";
import type { Exercise, NewExercise } from "@/shared/api/schemas";
import { type Change, fieldsOf, type Fields, isSame } from "./changes";

/** An exercise and the tag that If-Match wants. */
export interface Tagged {
  exercise: Exercise;
  etag: string;
}

/** The routes that changes go to; `get` answers null for what is not there. */
export interface Remote {
  get(id: number): Promise<Tagged | null>;
  add(values: NewExercise, idempotencyKey: string): Promise<Tagged>;
  edit(id: number, values: Partial<Fields>, etag: string): Promise<Tagged>;
  remove(id: number, etag: string): Promise<void>;
}

export type Outcome =
  | { kind: "done"; tagged: Tagged | null }
  | { kind: "conflict"; theirs: Tagged | null }
  | { kind: "refused"; reason: string; reference: string | undefined }
  | { kind: "later"; seconds: number | null; error: unknown; isTried: boolean };

const ROUNDS = 5;
/** With a login, and when the first request with this key is done: its answer got lost, or another tab has sent it. */
const COMES_RIGHT = [401, 409];

/** Bring one change to the server, once, and never over somebody else's. `known` is what was last read of it. */
export async function deliver(change: Change, remote: Remote, known: Tagged | undefined): Promise<Outcome> {
  let isTried = change.kind === "add";
  const writing: Remote = {
    ...remote,
    edit: (...sent) => {
      isTried = true;
      return remote.edit(...sent);
    },
  };
  try {
    if (change.kind === "add") {
      return { kind: "done", tagged: await remote.add(change.values as NewExercise, change.id) };
    }
    return await overwrite(change, writing, known);
  } catch (error) {
    if (error instanceof Problem && !isPassing(error) && !COMES_RIGHT.includes(error.status)) {
      return { kind: "refused", reason: error.message, reference: error.reference };
    }
    const seconds = error instanceof Problem ? error.retryAfter : null;
    return { kind: "later", seconds, error, isTried };
  }
}

async function overwrite(change: Change, remote: Remote, known: Tagged | undefined): Promise<Outcome> {
  const id = change.target;
  if (id === null || !change.base) return { kind: "refused", reason: "", reference: undefined };
  let current = known && isSame(known.exercise, change.base) ? known : await remote.get(id);
  for (let round = 0; round < ROUNDS; round += 1) {
    const verdict = judged(change, current);
    if (verdict || !current) return verdict ?? { kind: "conflict", theirs: null };
    const sent = await attempted(change, id, current, remote);
    if (sent) return sent;
    current = await remote.get(id);
  }
  return { kind: "later", seconds: null, error: new Error("It changes all the time."), isTried: true };
}

/** Null when it may be sent: the exercise is as the person saw it. */
function judged(change: Change, current: Tagged | null): Outcome | null {
  if (change.kind === "delete" && !current) return { kind: "done", tagged: null };
  if (!current) return { kind: "conflict", theirs: null };
  // The answer to an earlier attempt was lost, or somebody had the same idea.
  if (change.kind === "edit" && isSame(current.exercise, change.values)) return { kind: "done", tagged: current };
  return isSame(current.exercise, fieldsOf(change.base as Fields)) ? null : { kind: "conflict", theirs: current };
}

/** Null when it has changed since it was read. */
async function attempted(change: Change, id: number, current: Tagged, remote: Remote): Promise<Outcome | null> {
  try {
    if (change.kind === "edit") return { kind: "done", tagged: await remote.edit(id, change.values, current.etag) };
    await remote.remove(id, current.etag);
    return { kind: "done", tagged: null };
  } catch (error) {
    if (error instanceof Problem && (error.status === 412 || error.status === 404)) return null;
    throw error;
  }
}

