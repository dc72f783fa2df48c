import type { Exercise } from "@/shared/api/schemas";
import { type Change, FIELDS, type Fields } from "./changes";

// What was kept may be from another version of the app, or be broken: what is not whole must not reach the page.

type Check = (value: unknown) => boolean;
type Loose = Record<string, unknown>;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => Number.isFinite(value);
const isNumberOrNull: Check = (value) => value === null || isNumber(value);
const isObject = (value: unknown): value is Loose => typeof value === "object" && value !== null;

const RIGHT: Record<keyof Fields, Check> = {
  name: isText,
  sets: isNumber,
  reps: isNumber,
  weight: isNumberOrNull,
  workout_day: isText,
};
const STATES: unknown[] = ["waiting", "sending", "conflict", "refused"] satisfies Change["state"][];
const KINDS: unknown[] = ["add", "edit", "delete"] satisfies Change["kind"][];

const areSome: Check = (value) => isObject(value) && FIELDS.every((field) => !(field in value) || RIGHT[field](value[field]));
const areAll: Check = (value) => isObject(value) && FIELDS.every((field) => RIGHT[field](value[field]));
const areAllOrNone: Check = (value) => value == null || areAll(value);

export function areExercises(value: unknown): value is Exercise[] {
  return Array.isArray(value) && value.every((one) => areAll(one) && isNumber((one as Loose).id));
}

export function isChange(value: unknown): value is Change {
  if (!isObject(value)) return false;
  const { id, who, row, order, holdUntil, target, kind, state, base, theirs, values } = value;
  return (
    [id, who, row].every(isText) &&
    [order, holdUntil].every(isNumber) &&
    isNumberOrNull(target) &&
    KINDS.includes(kind) &&
    STATES.includes(state) &&
    [base, theirs].every(areAllOrNone) &&
    (kind === "add" ? areAll(values) : areSome(values))
  );
}
