import { useQueryClient } from "@tanstack/react-query";
import { act } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { forgetRoutine, useArrivals, useRoutine } from "@/shared/exercises";
import { useJobs } from "@/shared/jobs";
import { box } from "@/shared/outbox/box";
import { currentRow } from "@/shared/outbox/current";
import { addExercise, deleteExercise, editExercise } from "@/shared/routine-actions";
import { leave, logIn } from "@/shared/session/session";
import { used } from "@/testing/hooks";
import { Shelf } from "@/testing/shelf";
import { away, granted, json, problem, Wire } from "@/testing/wire";
import { fieldsOf } from "./outbox/changes";

let shelf: Shelf;
let wire: Wire;

beforeEach(() => {
  localStorage.clear();
  shelf = new Shelf();
  wire = new Wire(shelf.answer);
});
afterEach(() => {
  act(leave);
  vi.unstubAllGlobals();
});

const routine = () =>
  used(() => {
    const read = useRoutine();
    return read.rows?.map(({ name, weight }) => `${name} ${weight ?? "-"}`);
  });

it("the whole routine is read, every page of it", async () => {
  for (let count = 0; count < 401; count += 1) shelf.put();
  const { result } = routine();
  await vi.waitFor(() => expect(result.current).toHaveLength(401));
  expect(wire.asked().sort()).toEqual([1, 2, 3].map((page) => `GET /api/exercises?page=${page}&page_size=200`));
});

it("what moves from one page to the next meanwhile is there once", async () => {
  for (let count = 0; count < 201; count += 1) shelf.put();
  const [first] = shelf.rows.values();
  wire.answer = async (sent) => {
    const answer = shelf.answer(sent);
    if (!sent.path.includes("page=2")) return answer;
    const page = (await answer.json()) as { items: unknown[] };
    return json({ ...page, items: [...page.items, first?.exercise] });
  };
  const { result } = routine();
  await vi.waitFor(() => expect(result.current).toHaveLength(201));
});

it("what a stranger saw is no longer shown where a login is asked for by now", async () => {
  shelf.put({ name: "Row" });
  const visit = routine();
  await vi.waitFor(() => expect(visit.result.current).toEqual(["Row 20"]));
  visit.unmount();
  wire.answer = () => problem(401);
  const again = routine();
  await vi.waitFor(() => expect(again.result.current).toBeUndefined());
});

it("what the last visit saw is there without a network, for whom it belongs to", async () => {
  shelf.put({ name: "Row" });
  const visit = routine();
  await vi.waitFor(() => expect(visit.result.current).toEqual(["Row 20"]));
  visit.unmount();
  wire.answer = away;
  const again = routine();
  expect(again.result.current).toEqual(["Row 20"]);
  again.unmount();
  forgetRoutine();
  expect(routine().result.current).toBeUndefined();
});

it("what is done shows at once, and stays when it arrives", async () => {
  const row = shelf.put({ name: "Row" });
  shelf.put({ name: "Dip", weight: null });
  const { result } = used(() => {
    useArrivals(useQueryClient());
    return useRoutine();
  });
  const shown = () => result.current.rows?.map(({ name, weight }) => `${name} ${weight ?? "-"}`);
  await vi.waitFor(() => expect(shown()).toEqual(["Row 20", "Dip -"]));
  act(() => editExercise(currentRow("1") as never, { ...fieldsOf(row), weight: 30 }));
  expect(shown()).toEqual(["Row 30", "Dip -"]);
  act(() => deleteExercise(currentRow("2") as never));
  act(() => void addExercise({ ...fieldsOf(row), name: "Curl" }));
  expect(shown()).toEqual(["Row 30", "Curl 20"]);
  await vi.waitFor(() => expect(box.get().filter(({ kind }) => kind !== "delete")).toEqual([]));
  expect(shown()).toEqual(["Row 30", "Curl 20"]);
});

it("jobs are asked for by admins alone", async () => {
  const { result } = used(useJobs);
  expect(result.current.fetchStatus).toBe("idle");
  expect(wire.sent).toEqual([]);
  const job = { id: "refresh_exercises-1", task: "refresh_exercises", state: "queued" };
  wire.answer = ({ path }) => (path.includes("/auth/") ? granted("root", "admin") : json([job]));
  await act(() => logIn("root", "a long sentence"));
  await vi.waitFor(() => expect(result.current.data).toMatchObject({ jobs: [job], stuck: null }));
});

it("what arrives when its person has left is nobody else's to see", async () => {
  let arrive = () => {};
  wire.answer = (one) => {
    if (one.path.includes("/login")) return granted((one.body as { username: string }).username);
    if (one.method !== "POST") return json({ page: 1, page_size: 200, total: 0, items: [] });
    return new Promise((resolve) => {
      arrive = () => resolve(shelf.answer(one));
    });
  };
  await act(() => logIn("anna", "a long sentence"));
  const { result } = used(() => {
    useArrivals(useQueryClient());
    return useRoutine().rows;
  });
  await vi.waitFor(() => expect(result.current).toEqual([]));
  act(() => void addExercise({ name: "Secret squat", sets: 3, reps: 5, weight: null, workout_day: "A" }));
  await vi.waitFor(() => expect(wire.asked()).toContain("POST /api/exercises"));
  await act(() => logIn("berta", "a long sentence"));
  arrive();
  await vi.waitFor(() => expect(box.get()).toEqual([]));
  expect(result.current).toEqual([]);
  expect(localStorage.getItem("workout.routine")).not.toContain("ecret");
});

it.each([{ exercises: null }, { exercises: {} }, { exercises: [null] }, { exercises: [{ id: 1, name: 7 }] }, {}])(
  "what an earlier visit has left broken is not shown: %j",
  async (broken) => {
    localStorage.setItem("workout.routine", JSON.stringify({ who: "", ...broken }));
    shelf.put();
    const { result } = routine();
    expect(result.current).toBeUndefined();
    await vi.waitFor(() => expect(result.current).toEqual(["Row 1 20"]));
  },
);
