import { expect, it } from "vitest";
import { applied, type Change, differences } from "./changes";

const ROW = { id: 1, name: "Row", sets: 3, reps: 10, weight: 20, workout_day: "A" };
const { id: _, ...FIELDS } = ROW;

function change(more: Partial<Change>): Change {
  const rest = { id: "c", who: "", order: 1, row: "1", target: 1, base: FIELDS, holdUntil: 0, state: "waiting" } as const;
  return { ...rest, kind: "edit", values: { reps: 12 }, ...more };
}

it("shows what was done over what the server has", () => {
  const added = change({ id: "d", kind: "add", row: "new:1", target: null, base: null, values: { ...FIELDS, name: "Curl" } });
  const rows = applied([ROW], [change({}), added], new Map());
  expect(rows.map((row) => [row.key, row.name, row.reps, row.id])).toEqual([
    ["1", "Row", 12, 1],
    ["new:1", "Curl", 10, null],
  ]);
});

it("hides what is deleted, but for a delete that needs a decision", () => {
  const gone = change({ kind: "delete", values: {} });
  expect(applied([ROW], [gone], new Map())).toEqual([]);
  expect(applied([ROW], [{ ...gone, state: "conflict" }], new Map())).toHaveLength(1);
});

it("keeps an edit in view whose exercise was deleted elsewhere", () => {
  expect(applied([], [change({})], new Map())).toEqual([]);
  expect(applied([], [change({ state: "conflict", theirs: null })], new Map())).toMatchObject([{ key: "1", reps: 12 }]);
});

it("knows a line that was added here by the name it had before", () => {
  expect(applied([ROW], [], new Map([[1, "new:9"]]))[0]).toMatchObject({ key: "new:9", id: 1 });
});

it("sends only what differs", () => {
  expect(differences(FIELDS, { ...FIELDS, weight: null, sets: 4 })).toEqual({ weight: null, sets: 4 });
});
