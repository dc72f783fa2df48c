import { expect, it } from "vitest";
import type { Row } from "@/shared/outbox/changes";
import { byDay, dayNames, dayToAddTo, routineSearch, selected, sumKg } from "./view";

const row = (name: string, more: Partial<Row> = {}): Row => {
  return { key: name, id: 1, change: null, name, sets: 3, reps: 10, weight: 20, workout_day: "A", ...more };
};
const ROWS = [row("Squat", { weight: 100, workout_day: "B" }), row("bench press", { reps: 5 }), row("Dips", { weight: null })];
const none = () => null;
const names = (rows: Row[]) => rows.map((one) => one.name);

it("finds by all words of the search, whatever their case", () => {
  expect(names(selected(ROWS, { q: "PRESS ben" }, none))).toEqual(["bench press"]);
  expect(names(selected(ROWS, { muscle: "legs" }, (name) => (name === "Squat" ? "legs" : null)))).toEqual(["Squat"]);
});

it("sorts as asked", () => {
  expect(names(selected(ROWS, {}, none))).toEqual(["Squat", "bench press", "Dips"]);
  expect(names(selected(ROWS, { sort: "name" }, none))).toEqual(["bench press", "Dips", "Squat"]);
  expect(names(selected(ROWS, { sort: "-weight" }, none))).toEqual(["Squat", "bench press", "Dips"]);
  expect(names(selected(ROWS, { sort: "-reps" }, none)).at(-1)).toBe("bench press");
});

it("groups by day in natural order, with volume", () => {
  const days = byDay([row("a", { workout_day: "Day 10" }), row("b", { workout_day: "Day 2" })]);
  expect(days.map((day) => [day.name, day.volumeKg])).toEqual([
    ["Day 2", 600],
    ["Day 10", 600],
  ]);
  expect(dayNames(ROWS)).toEqual(["A", "B"]);
  expect(sumKg(ROWS)).toBe(3300);
});

it("reads the address and nothing else", () => {
  expect(routineSearch({ q: "row", sort: "-weight", day: "A", other: "x" })).toEqual({ q: "row", sort: "-weight", day: "A" });
  expect(routineSearch({ sort: "id", q: "" })).toEqual({});
});

it("offers a new exercise the day on show, then the one last added to, then the first", () => {
  expect(dayToAddTo("Legs", "Push", ["A", "Legs", "Push"])).toBe("Legs");
  expect(dayToAddTo(undefined, "Push", ["A", "Push"])).toBe("Push");
  expect(dayToAddTo(undefined, undefined, ["B", "C"])).toBe("B");
  expect(dayToAddTo(undefined, undefined, [])).toBe("A");
});
