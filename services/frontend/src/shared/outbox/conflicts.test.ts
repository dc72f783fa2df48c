import { describe, expect, it, vi } from "vitest";
import { Desk } from "@/testing/page";
import type { Change } from "./changes";

const desk = Desk.forEachTest();

describe("a conflict", () => {
  const collide = async () => {
    const row = desk().shelf.put();
    desk().shelf.change(1, { weight: 55 });
    desk().edit(row, { reps: 6 });
    await vi.waitFor(() => expect(desk().states()).toEqual(["conflict"]));
    return desk().page.box.get()[0] as Change;
  };

  it("shows theirs, and writes mine over it when I say so", async () => {
    const change = await collide();
    expect(change.theirs).toMatchObject({ weight: 55 });
    desk().page.resolve(change, "mine");
    await desk().sent();
    expect(desk().shelf.rows.get(1)?.exercise).toMatchObject({ weight: 55, reps: 6 });
  });

  it("leaves theirs when I say so", async () => {
    desk().page.resolve(await collide(), "theirs");
    expect(desk().page.box.get()).toEqual([]);
    expect(desk().shelf.rows.get(1)?.exercise).toMatchObject({ weight: 55, reps: 10 });
  });

  it("with a deletion can be added again", async () => {
    const row = desk().shelf.put();
    desk().shelf.rows.clear();
    desk().edit(row, { reps: 6 });
    await vi.waitFor(() => expect(desk().states()).toEqual(["conflict"]));
    desk().page.resolve(desk().page.box.get()[0] as Change, "mine");
    await desk().sent();
    expect(desk().shelf.named("Row 1")).toMatchObject([{ id: 2, reps: 6 }]);
  });

  it("holds up its own line alone", async () => {
    await collide();
    desk().edit(desk().shelf.put(), { weight: 1 });
    await vi.waitFor(() => expect(desk().shelf.rows.get(2)?.exercise.weight).toBe(1));
    expect(desk().states()).toEqual(["conflict"]);
  });
});

it("what the server refuses waits with its reason, and may be tried again", async () => {
  desk().edit(desk().shelf.put(), { sets: 101 });
  await vi.waitFor(() => expect(desk().page.box.get()).toMatchObject([{ state: "refused", reason: "The request is invalid" }]));
  desk().wire.answer = (one) => desk().shelf.answer({ ...one, body: { sets: 100 } });
  desk().page.retry(desk().page.box.get()[0] as Change);
  await desk().sent();
});
