import { describe, expect, it } from "vitest";
import { NoAnswer, Problem } from "@/shared/api/problem";
import type { Exercise } from "@/shared/api/schemas";
import type { Change, Fields } from "./changes";
import { deliver, type Remote, type Tagged } from "./deliver";

const ROW: Exercise = { id: 7, name: "Row", sets: 3, reps: 10, weight: 20, workout_day: "A" };
const BASE: Fields = { name: "Row", sets: 3, reps: 10, weight: 20, workout_day: "A" };

/** A server with one exercise, whose answers may get lost after it has done what was asked. */
class Server implements Remote {
  version = 1;
  asked: string[] = [];
  loses = 0;
  readonly keys = new Map<string, Tagged>();

  constructor(public row: Exercise | null = { ...ROW }) {}

  private answer<T>(what: string, value: T): Promise<T> {
    this.asked.push(what);
    if (this.loses-- > 0) return Promise.reject(new NoAnswer("t", false));
    return Promise.resolve(value);
  }

  private tagged(): Tagged | null {
    return this.row && { exercise: { ...this.row }, etag: `"7.${this.version}"` };
  }

  change(values: Partial<Fields>): void {
    if (this.row) this.row = { ...this.row, ...values };
    this.version += 1;
  }

  get = () => this.answer("get", this.tagged());

  add = (values: Fields, key: string) => {
    const known = this.keys.get(key) ?? { exercise: { id: 8 + this.keys.size, ...values }, etag: '"8.1"' };
    this.keys.set(key, known);
    return this.answer("add", known);
  };

  edit = (_: number, values: Partial<Fields>, etag: string) => {
    if (!this.row) return Promise.reject(new Problem(404, {}, null));
    if (etag !== this.tagged()?.etag) return Promise.reject(new Problem(412, {}, null));
    this.change(values);
    return this.answer("edit", this.tagged() as Tagged);
  };

  remove = (_: number, etag: string) => {
    if (etag !== this.tagged()?.etag) return Promise.reject(new Problem(this.row ? 412 : 404, {}, null));
    this.row = null;
    return this.answer("remove", undefined);
  };
}

function change(more: Partial<Change>): Change {
  const base = { id: "c", who: "", order: 1, row: "7", target: 7, base: BASE, holdUntil: 0, state: "waiting" } as const;
  return { ...base, kind: "edit", values: { weight: 30 }, ...more };
}

describe("an edit", () => {
  it("is read before and sent with the tag of what was read", async () => {
    const server = new Server();
    expect(await deliver(change({}), server, undefined)).toMatchObject({ kind: "done" });
    expect(server.asked).toEqual(["get", "edit"]);
    expect(server.row?.weight).toBe(30);
  });

  it("is sent at once when what the person saw is what was last read", async () => {
    const server = new Server();
    await deliver(change({}), server, { exercise: ROW, etag: '"7.1"' });
    expect(server.asked).toEqual(["edit"]);
  });

  it("arrives once when its answer was lost", async () => {
    const server = new Server();
    server.loses = 1;
    const known = { exercise: ROW, etag: '"7.1"' };
    expect(await deliver(change({}), server, known)).toMatchObject({ kind: "later" });
    expect(await deliver(change({}), server, known)).toMatchObject({ kind: "done" });
    expect(server.version).toBe(2);
  });

  it("goes through where somebody changed it and changed it back", async () => {
    const server = new Server();
    server.change({ sets: 9 });
    server.change({ sets: 3 });
    const outcome = await deliver(change({}), server, { exercise: ROW, etag: '"7.1"' });
    expect(outcome).toMatchObject({ kind: "done" });
    expect(server.row?.weight).toBe(30);
  });

  it("never goes over what somebody else wrote", async () => {
    const server = new Server();
    server.change({ weight: 55 });
    const outcome = await deliver(change({}), server, { exercise: ROW, etag: '"7.1"' });
    expect(outcome).toMatchObject({ kind: "conflict", theirs: { exercise: { weight: 55 } } });
    expect(server.row?.weight).toBe(55);
  });

  it("of what is gone is a conflict", async () => {
    expect(await deliver(change({}), new Server(null), undefined)).toEqual({ kind: "conflict", theirs: null });
  });
});

describe("a delete", () => {
  const gone = change({ kind: "delete", values: {} });

  it("removes what the person saw, and is done when it is gone already", async () => {
    const server = new Server();
    expect(await deliver(gone, server, undefined)).toEqual({ kind: "done", tagged: null });
    expect(await deliver(gone, server, undefined)).toEqual({ kind: "done", tagged: null });
  });

  it("of what somebody has changed is a conflict", async () => {
    const server = new Server();
    server.change({ reps: 12 });
    expect(await deliver(gone, server, undefined)).toMatchObject({ kind: "conflict" });
    expect(server.row).not.toBeNull();
  });
});

it("an addition that is tried twice is there once", async () => {
  const server = new Server();
  const added = change({ kind: "add", target: null, base: null, values: BASE });
  server.loses = 1;
  expect(await deliver(added, server, undefined)).toMatchObject({ kind: "later" });
  expect(await deliver(added, server, undefined)).toMatchObject({ kind: "done" });
  expect(server.keys.size).toBe(1);
});

it.each([
  [422, { kind: "refused", reason: "no" }],
  [403, { kind: "refused", reason: "no" }],
  [401, { kind: "later" }],
  [429, { kind: "later", seconds: 9 }],
  [503, { kind: "later" }],
])("an answer of %i", async (status, outcome) => {
  const server = new Server();
  server.get = () => Promise.reject(new Problem(status, { detail: "no" }, 9));
  expect(await deliver(change({}), server, undefined)).toMatchObject(outcome);
});
