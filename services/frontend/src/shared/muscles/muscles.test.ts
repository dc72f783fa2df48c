import { describe, expect, it } from "vitest";
import type { Catalogue } from "./catalogue";
import json from "./catalogue.json";
import { muscles } from "./week";

const { groupOf, isHold, week } = muscles(json as unknown as Catalogue);

describe("a name is recognised", () => {
  it.each([
    ["Bench Press", "chest"],
    ["pull-ups", "back"],
    ["Barbell Curl (strict)", "biceps"],
    ["my heavy Romanian Deadlifts 3x8", "legs"],
    ["DB bench", "chest"],
    ["some kind of squat", "legs"],
    ["Gardening", null],
  ])("%s: %s", (name, group) => expect(groupOf(name)).toBe(group));
});

it.each([
  ["Plank", true],
  ["side planks", true],
  ["Single-arm Dead Hang", true],
  ["Side Plank with rotation", false],
  ["Farmer Carry", false],
  ["Running", false],
  ["Squat", false],
  ["Gardening", false],
])("%s is held for seconds: %s", (name, held) => expect(isHold(name)).toBe(held));

it("sets count whole for the main muscle, half for those that help, and not for running", () => {
  const found = new Map(week([{ name: "Bench Press", sets: 4 }, { name: "Running", sets: 9 }]).map((one) => [one.group, one]));
  expect(found.get("chest")).toMatchObject({ sets: 4, verdict: "below" });
  expect(found.get("triceps")?.sets).toBe(2);
  expect(found.get("legs")?.sets).toBe(0);
});
