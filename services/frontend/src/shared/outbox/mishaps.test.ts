import { describe, expect, it, vi } from "vitest";
import { Desk, rowOf, SQUAT } from "@/testing/page";
import { away, granted, problem, type Sent } from "@/testing/wire";

const desk = Desk.forEachTest();

/** It arrives, and the answer does not. */
const lose = (one: Sent): Promise<Response> => {
  desk().shelf.answer(one);
  return Promise.reject(new TypeError("Failed to fetch"));
};
const back = async () => {
  desk().wire.answer = desk().shelf.answer;
  await desk().page.sender.hurry();
  await desk().sent();
};
const all = () => [...desk().shelf.rows.values()].map((row) => row.exercise);
const asked = (method: string) => desk().wire.sent.filter((one) => one.method === method);

describe("when an answer was lost", () => {
  it("an exercise that was added can be changed, and is there once", async () => {
    desk().wire.answer = lose;
    const row = desk().page.addExercise(SQUAT);
    await desk().waits();
    desk().page.perform({ kind: "edit", row, target: null, base: SQUAT, values: { reps: 8 } });
    desk().page.perform({ kind: "edit", row, target: null, base: { ...SQUAT, reps: 8 }, values: { sets: 4 } });
    expect(desk().page.box.get()).toHaveLength(2);
    await back();
    expect(all()).toMatchObject([{ reps: 8, sets: 4 }]);
  });

  it("an exercise that was added can be taken back, and is gone", async () => {
    desk().wire.answer = lose;
    const key = desk().page.addExercise(SQUAT);
    await desk().waits();
    desk().page.remember([{ ...SQUAT, id: null, key, change: null }]);
    desk().page.undoNow();
    await back();
    expect(all()).toEqual([]);
  });

  it("a line that was edited can be edited again, and is no conflict with itself", async () => {
    const row = desk().shelf.put();
    desk().wire.answer = (one) => (one.method === "GET" ? desk().shelf.answer(one) : lose(one));
    desk().edit(row, { weight: 30 });
    await desk().waits();
    desk().edit({ ...row, weight: 30 }, { weight: 35 });
    await back();
    expect(all()).toMatchObject([{ weight: 35 }]);
  });

  it("a request that is still worked on is asked again", async () => {
    desk().wire.answer = () => problem(409, { type: "urn:problem:request-in-progress" });
    desk().page.addExercise(SQUAT);
    await desk().waits();
    await back();
    expect(all()).toHaveLength(1);
  });
});

describe("a server that asks for a rest", () => {
  it.each(["0", "-5", "99999999", "1e12"])("of %s seconds is not asked all the time", async (seconds) => {
    desk().wire.answer = () => problem(503, {}, { "Retry-After": seconds });
    desk().page.addExercise(SQUAT);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(desk().wire.sent.length).toBeLessThan(6);
    desk().wire.answer = desk().shelf.answer;
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(all()).toHaveLength(1);
  });
});

it("a login page of the network in between is no answer", async () => {
  const row = desk().shelf.put();
  const hotel = () => new Response("<h1>Room number?</h1>", { headers: { "Content-Type": "text/html" } });
  desk().wire.answer = (one) => (one.method === "GET" ? desk().shelf.answer(one) : hotel());
  desk().page.addExercise(SQUAT);
  desk().page.perform({ kind: "delete", row: "1", target: row.id, base: rowOf(row), values: {} });
  await desk().waits();
  expect(desk().page.box.get()).toHaveLength(2);
  await back();
  expect(all()).toMatchObject([SQUAT]);
});

describe("undo of a deletion", () => {
  it("brings the exercise back when it has left already", async () => {
    desk().page.startOutbox();
    const row = desk().shelf.put({ name: "Squat" });
    desk().page.deleteExercise(rowOf(row));
    const sight = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.waitFor(() => expect(all()).toEqual([]));
    sight.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    desk().page.undoNow();
    await desk().sent();
    expect(all()).toMatchObject([{ name: "Squat", weight: 20 }]);
  });

  it("does not wait for a clock that was put back", async () => {
    desk().page.deleteExercise(rowOf(desk().shelf.put()));
    vi.setSystemTime(Date.now() - 3_600_000);
    await desk().page.sender.hurry();
    await desk().sent();
    expect(all()).toEqual([]);
  });
});

it("what was to become of an exercise that is not accepted goes with it", async () => {
  desk().wire.answer = away;
  const row = desk().page.addExercise(SQUAT);
  await desk().waits();
  desk().page.perform({ kind: "edit", row, target: null, base: SQUAT, values: { reps: 8 } });
  desk().wire.answer = () => problem(422, { detail: "No" });
  await desk().page.sender.hurry();
  expect(desk().states()).toEqual(["refused", "waiting"]);
  desk().page.takeBack(desk().page.box.get()[0]?.id ?? "");
  expect(desk().page.box.get()).toEqual([]);
});

describe("storage", () => {
  const full = () =>
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });

  it("that gets full half way keeps one of each, and the newer one counts", async () => {
    const row = desk().shelf.put();
    desk().wire.answer = away;
    desk().edit(row, { weight: 30 });
    await desk().waits();
    const storage = full();
    desk().shelf.change(row.id, { weight: 99 });
    desk().wire.answer = desk().shelf.answer;
    await desk().page.sender.hurry();
    expect(desk().states()).toEqual(["conflict"]);
    expect(desk().page.isKept.get()).toBe(false);
    expect(asked("GET").length).toBeLessThan(5);
    storage.mockRestore();
    const [change] = desk().page.box.get();
    if (change) desk().page.resolve(change, "mine");
    await desk().sent();
    expect(desk().page.isKept.get()).toBe(true);
    expect(all()).toMatchObject([{ weight: 30 }]);
  });

  it("with something else in it than changes is no change", () => {
    const good = { id: "x", who: "", order: 1, kind: "add", row: "new:x", target: null, base: null, values: SQUAT, holdUntil: 0, state: "waiting" };
    const broken = [
      ...["{", "null", "7", '"text"', "[]", "{}"].map((text): [string, string] => ["x", text]),
      ...Object.keys(good).map((name): [string, string] => ["x", JSON.stringify({ ...good, [name]: undefined })]),
      ["x", JSON.stringify({ ...good, values: { ...SQUAT, name: null } })],
      ["x", JSON.stringify({ ...good, kind: "edit", values: { weight: "heavy" } })],
      ["x", JSON.stringify({ ...good, kind: "curl" })],
      ["x", JSON.stringify({ ...good, state: "lost" })],
      ["y", JSON.stringify(good)],
    ] as [string, string][];
    const read = (name: string, text: string) => {
      localStorage.clear();
      localStorage.setItem(`workout.change.${name}`, text);
      dispatchEvent(new StorageEvent("storage", { key: null }));
      return desk().page.box.get().length;
    };
    expect(broken.filter(([name, text]) => read(name, text))).toEqual([["x", JSON.stringify({ ...good, base: undefined })]]);
    expect(read("x", JSON.stringify(good))).toBe(1);
  });
});

it("what a tab leaves behind that is closed is sent by another", async () => {
  desk().page.startOutbox();
  await vi.advanceTimersByTimeAsync(100);
  const change = { id: "x", who: "", order: 1, kind: "add", row: "new:x", target: null, base: null, values: SQUAT, holdUntil: 0, state: "waiting" };
  localStorage.setItem("workout.change.x", JSON.stringify(change));
  dispatchEvent(new StorageEvent("storage", { key: "workout.change.x" }));
  await vi.advanceTimersByTimeAsync(4_000);
  expect(all()).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(all()).toMatchObject([SQUAT]);
});

it("nothing that one person did is sent as another, who logs in meanwhile", async () => {
  vi.stubGlobal("BroadcastChannel", undefined); // earlier tests' pages are tabs like any
  await desk().reload();
  const row = desk().shelf.put();
  let answer = () => {};
  desk().wire.answer = (one) => {
    if (one.path.includes("/login")) return granted((one.body as { username: string }).username);
    if (one.method !== "GET") return desk().shelf.answer(one);
    return new Promise((resolve) => {
      answer = () => resolve(desk().shelf.answer(one));
    });
  };
  await desk().page.logIn("anna", "a long sentence");
  desk().edit(row, { weight: 30 });
  await vi.waitFor(() => expect(asked("GET")).toHaveLength(1));
  await desk().page.logIn("berta", "a long sentence");
  answer();
  await desk().waits();
  expect(asked("PATCH")).toEqual([]);
  expect(desk().page.box.get()).toMatchObject([{ who: "anna", state: "waiting" }]);
});
