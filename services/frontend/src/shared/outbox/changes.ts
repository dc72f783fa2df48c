import type { Exercise } from "@/shared/api/schemas";

/** What people write about an exercise: the contract's fields without the id. */
export type Fields = Omit<Exercise, "id">;

export const FIELDS = ["name", "sets", "reps", "weight", "workout_day"] as const satisfies (keyof Fields)[];

type Kind = "add" | "edit" | "delete";

/**
 * `waiting` to be sent; `sending`, or was when the page went away; `conflict`: somebody else changed the exercise;
 * `refused`: the server will not have it. The last two wait for the person.
 */
type State = "waiting" | "sending" | "conflict" | "refused";

/** Something a person did that the server does not have yet. */
export interface Change {
  /** Also the Idempotency-Key, so that a retry after a lost answer adds nothing twice. */
  id: string;
  who: string;
  order: number;
  kind: Kind;
  /** Which line of the page: the exercise's id, or a name made up until it has one. */
  row: string;
  target: number | null;
  /** What the person saw when they did it. */
  base: Fields | null;
  values: Partial<Fields>;
  /** Not to be sent before, so that it can be undone. */
  holdUntil: number;
  state: State;
  /** It was sent and no answer came: the server may have it. What is done next is a change of its own. */
  isTried?: boolean;
  theirs?: Fields | null;
  reason?: string;
  reference?: string;
}

export interface Row extends Fields {
  key: string;
  id: number | null;
  /** What is not with the server yet, if anything. */
  change: Change | null;
}

/** What somebody has done here, or nobody in particular has. */
export const isOf =
  (who: string) =>
  (change: Change): boolean =>
    change.who === "" || change.who === who;

export const UNDO_MS = 8_000;

/** Still to be undone. Not for longer than that, wherever the clock has been put since. */
export function isHeld({ holdUntil }: Change): boolean {
  const left = holdUntil - Date.now();
  return left > 0 && left <= UNDO_MS;
}

export function fieldsOf({ name, sets, reps, weight, workout_day }: Fields): Fields {
  return { name, sets, reps, weight, workout_day };
}

export function isSame(one: Fields, other: Partial<Fields>): boolean {
  return FIELDS.every((field) => !(field in other) || one[field] === other[field]);
}

/** Only what differs from `base`. */
export function differences(base: Fields, wanted: Fields): Partial<Fields> {
  return Object.fromEntries(FIELDS.filter((field) => base[field] !== wanted[field]).map((f) => [f, wanted[f]]));
}

/** The routine as the person has it: what the server sent, with everything done to it since. */
export function applied(exercises: Exercise[], changes: Change[], keys: ReadonlyMap<number, string>): Row[] {
  const rows = new Map<string, Row>();
  for (const exercise of exercises) {
    const key = keys.get(exercise.id) ?? String(exercise.id);
    rows.set(key, { ...fieldsOf(exercise), key, id: exercise.id, change: null });
  }
  for (const change of changes) apply(rows, change);
  return [...rows.values()];
}

function apply(rows: Map<string, Row>, change: Change): void {
  const row = rows.get(change.row);
  if (change.kind === "delete" && change.state !== "conflict" && change.state !== "refused") {
    rows.delete(change.row);
    return;
  }
  const before = row ?? missing(change);
  if (before) rows.set(change.row, { ...before, ...change.values, change });
}

/** An exercise that is not there: it is being added, or somebody deleted it while it was edited here. */
function missing(change: Change): Row | null {
  const values = change.kind === "add" ? (change.values as Fields) : change.base;
  const isShown = values && (change.kind === "add" || change.state === "conflict");
  return isShown ? { ...values, key: change.row, id: change.target, change } : null;
}
