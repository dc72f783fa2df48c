import { afterEach, beforeEach, expect, vi } from "vitest";
import type { Exercise } from "@/shared/api/schemas";
import { type Fields, fieldsOf, type Row } from "@/shared/outbox/changes";
import { Shelf } from "./shelf";
import { Wire } from "./wire";

/** What sends changes, in a page that has just been loaded. */
async function load() {
  vi.resetModules();
  return {
    ...(await import("@/shared/outbox/outbox")),
    ...(await import("@/shared/outbox/box")),
    ...(await import("@/shared/outbox/current")),
    ...(await import("@/shared/routine-actions")),
    ...(await import("@/shared/undo")),
    ...(await import("@/shared/session/session")),
  };
}

export const rowOf = (exercise: Exercise): Row => ({ ...fieldsOf(exercise), key: String(exercise.id), id: exercise.id, change: null });
export const SQUAT: Fields = { name: "Squat", sets: 3, reps: 5, weight: 100, workout_day: "B" };

/** For every test a page, a wire and a shelf of its own, and a clock that stands still. */
export class Desk {
  shelf = new Shelf();
  wire = new Wire(this.shelf.answer);

  private constructor(public page: Awaited<ReturnType<typeof load>>) {}

  static forEachTest(): () => Desk {
    let desk: Desk;
    beforeEach(async () => {
      vi.useFakeTimers();
      localStorage.clear();
      desk = new Desk(await load());
    });
    afterEach(() => {
      vi.useRealTimers();
      vi.restoreAllMocks();
      vi.unstubAllGlobals();
    });
    return () => desk;
  }

  reload = async () => {
    this.page = await load();
  };

  edit = (exercise: Exercise, changes: Partial<Fields>) => {
    this.page.editExercise(rowOf(exercise), { ...fieldsOf(exercise), ...changes });
  };

  states = () => this.page.box.get().map((change) => change.state);
  sent = () => vi.waitFor(() => expect(this.page.box.get()).toEqual([]));
  waits = () => vi.waitFor(() => expect(this.page.sender.state.get()).toBe("waiting"));
}
