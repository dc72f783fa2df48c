import { describe, expect, it, vi } from "vitest";
import { Desk, rowOf, SQUAT } from "@/testing/page";
import { away, granted, problem, type Sent } from "@/testing/wire";

const desk = Desk.forEachTest();

describe("what is done", () => {
  it("arrives in its order, and is told of", async () => {
    const arrived: (string | undefined)[] = [];
    const stop = desk().page.onArrival(({ tagged }) => arrived.push(tagged?.exercise.name));
    const row = desk().shelf.put();
    desk().edit(row, { weight: 30 });
    desk().page.addExercise(SQUAT);
    desk().page.duplicateExercise(rowOf(row));
    await desk().sent();
    expect(arrived).toEqual(["Row 1", "Squat", "Row 1"]);
    expect(desk().shelf.rows.get(1)?.exercise.weight).toBe(30);
    expect(desk().page.sender.state.get()).toBe("idle");
    stop();
    desk().edit({ ...row, weight: 30 }, { weight: 31 });
    await desk().sent();
    expect(arrived).toHaveLength(3);
  });

  it("and changes nothing is not sent", () => {
    desk().edit(desk().shelf.put(), {});
    expect(desk().wire.sent).toEqual([]);
  });

  it("to a line that the server does not know yet follows it there", async () => {
    desk().wire.answer = away;
    const key = desk().page.addExercise(SQUAT);
    desk().page.perform({ kind: "edit", row: key, target: null, base: SQUAT, values: { reps: 6 } });
    desk().page.perform({ kind: "delete", row: key, target: null, base: { ...SQUAT, reps: 6 }, values: {} });
    desk().wire.answer = desk().shelf.answer;
    await desk().page.sender.hurry();
    await desk().sent();
    expect(desk().wire.sent.at(-1)).toMatchObject({ method: "DELETE", path: "/api/exercises/1" });
    expect(desk().shelf.rows.size).toBe(0);
  });

  it("in quick succession to one line is sent as one", async () => {
    desk().wire.answer = away;
    const row = desk().shelf.put();
    desk().edit(row, { weight: 30 });
    await desk().waits();
    desk().edit({ ...row, weight: 30 }, { reps: 8 });
    expect(desk().page.box.get()).toHaveLength(1);
    desk().wire.answer = desk().shelf.answer;
    await desk().page.sender.hurry();
    expect(desk().wire.sent.filter(({ method }) => method === "PATCH")).toMatchObject([{ body: { weight: 30, reps: 8 } }]);
  });
});

describe("without a network", () => {
  it("changes wait, outlive the page, and are sent once when it is back", async () => {
    desk().wire.answer = away;
    desk().page.addExercise(SQUAT);
    await desk().waits();
    await desk().reload();
    expect(desk().page.box.get()).toMatchObject([{ kind: "add", state: "waiting" }]);
    desk().wire.answer = desk().shelf.answer;
    desk().page.startOutbox();
    await desk().sent();
    expect(desk().shelf.named("Squat")).toHaveLength(1);
  });

  it("a lost answer is asked for again, until there is one, and adds nothing twice", async () => {
    const lose = async (one: Sent): Promise<Response> => {
      desk().shelf.answer(one);
      return away(one);
    };
    desk().wire.answer = lose;
    desk().page.addExercise(SQUAT);
    await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 4_000);
    expect(desk().wire.sent).toHaveLength(4);
    desk().wire.answer = desk().shelf.answer;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(desk().page.box.get()).toEqual([]);
    expect(desk().shelf.named("Squat")).toHaveLength(1);
  });

  it("the server is left alone for as long as it asks", async () => {
    desk().wire.answer = () => problem(429, {}, { "Retry-After": "20" });
    desk().page.addExercise(SQUAT);
    await desk().waits();
    desk().wire.answer = desk().shelf.answer;
    await desk().page.sender.hurry();
    await vi.advanceTimersByTimeAsync(19_000);
    expect(desk().wire.sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(desk().wire.sent).toHaveLength(2);
  });

  it("the browser's news of it hurries", async () => {
    desk().page.startOutbox();
    desk().wire.answer = away;
    desk().page.addExercise(SQUAT);
    await desk().waits();
    desk().wire.answer = desk().shelf.answer;
    dispatchEvent(new Event("online"));
    await desk().sent();
  });
});

describe("undo", () => {
  it("keeps a deletion from being sent", async () => {
    desk().page.deleteExercise(rowOf(desk().shelf.put()));
    await vi.advanceTimersByTimeAsync(7_000);
    expect(desk().page.undoNow()).toBe("1");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(desk().wire.sent).toEqual([]);
  });

  it("comes too late after 8 seconds", async () => {
    desk().page.deleteExercise(rowOf(desk().shelf.put()));
    await vi.advanceTimersByTimeAsync(8_100);
    expect(desk().page.undoable.get()).toBeNull();
    expect(desk().shelf.rows.size).toBe(0);
  });

  it("of what has arrived is another change", async () => {
    const row = desk().shelf.put();
    desk().edit(row, { weight: 30 });
    await desk().sent();
    desk().page.remember([{ ...rowOf(row), weight: 30 }]);
    desk().page.undoNow();
    await desk().sent();
    expect(desk().shelf.rows.get(1)?.exercise.weight).toBe(20);
    const key = desk().page.addExercise(SQUAT);
    await desk().sent();
    desk().page.remember([{ ...SQUAT, id: 2, key, change: null }]);
    desk().page.undoNow();
    await desk().sent();
    expect(desk().shelf.named("Squat")).toEqual([]);
  });

  it("is over for whoever leaves the page", async () => {
    desk().page.startOutbox();
    desk().page.deleteExercise(rowOf(desk().shelf.put()));
    vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    await vi.waitFor(() => expect(desk().shelf.rows.size).toBe(0));
    });
});

describe("whose changes they are", () => {
  it("another account's wait for it to come back, and an ended session's for a login", async () => {
    desk().wire.answer = (one) => (one.path.includes("/auth/") ? granted("anna") : away(one));
    desk().page.startOutbox();
    await desk().page.logIn("anna", "a long sentence");
    desk().page.addExercise(SQUAT);
    await desk().waits();
    desk().wire.answer = (one) => (one.path.includes("/auth/login") ? granted("berta") : desk().shelf.answer(one));
    desk().page.leave();
    await desk().page.logIn("berta", "a long sentence");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(desk().shelf.named("Squat")).toEqual([]);
    desk().wire.answer = (one) => (one.path.includes("/auth/login") ? granted("anna") : desk().shelf.answer(one));
    desk().page.leave();
    await desk().page.logIn("anna", "a long sentence");
    await desk().sent();
    expect(desk().shelf.named("Squat")).toHaveLength(1);
  });
});

it("where nothing can be kept, this page has it, and says so", async () => {
  desk().wire.answer = away;
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  desk().page.addExercise(SQUAT);
  expect(desk().page.isKept.get()).toBe(false);
  expect(desk().page.box.get()).toHaveLength(1);
  desk().wire.answer = desk().shelf.answer;
  await desk().page.sender.hurry();
  await desk().sent();
});

it("another tab's changes are seen, and other keys are not mistaken for some", () => {
  const change = { id: "x", who: "", order: 1, kind: "add", row: "new:x", target: null, base: null, values: SQUAT, holdUntil: 0, state: "waiting" };
  localStorage.setItem("workout.change.x", JSON.stringify(change));
  localStorage.setItem("workout.change.y", "{broken");
  localStorage.setItem("something else", "1");
  dispatchEvent(new StorageEvent("storage", { key: "something else" }));
  expect(desk().page.box.get()).toEqual([]);
  dispatchEvent(new StorageEvent("storage", { key: "workout.change.x" }));
  expect(desk().page.box.get()).toMatchObject([{ id: "x" }]);
});
