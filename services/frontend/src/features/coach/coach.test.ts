import { describe, expect, it } from "vitest";
import { history, isConversation, type Said, settled } from "./conversation";
import { events } from "./events";
import { nextDay, repsOf } from "./plan";
import { requestOf } from "./plan-form";
import { suggestions } from "./suggestions";
import { coachSearch } from "./views";

async function read(...pieces: string[]): Promise<unknown[]> {
  const bytes = new TextEncoder().encode(pieces.join(""));
  const cuts = pieces.length > 1 ? pieces.map((piece) => new TextEncoder().encode(piece)) : Array.from(bytes, (one) => Uint8Array.of(one));
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const cut of cuts) controller.enqueue(cut);
      controller.close();
    },
  });
  const found: unknown[] = [];
  for await (const event of events(body)) found.push(event);
  return found;
}

describe("events", () => {
  const text = 'event: delta\ndata: {"text": "Grüße 💪"}\n\n: ping\n\nevent: done\r\ndata: one\r\ndata: two\r\n\r\n';

  it("are the same however the bytes come", async () => {
    const all = [
      { event: "delta", data: '{"text": "Grüße 💪"}' },
      { event: "done", data: "one\ntwo" },
    ];
    expect(await read(text)).toEqual(all);
    expect(await read(text, "")).toEqual(all);
  });

  it("that were cut off are none", async () => {
    expect(await read("event: delta\ndata: half")).toEqual([]);
  });
});

describe("a conversation", () => {
  const said = (role: "user" | "coach", content: string, state: Said["state"] = "done"): Said => ({ role, content, state });

  it("is told as whole exchanges, without what failed", () => {
    const all = [said("user", "a"), said("coach", "b"), said("user", "c"), said("coach", "", "failed"), said("user", "d")];
    expect(history(all)).toEqual([
      { role: "user", content: "a" },
      { role: "coach", content: "b" },
    ]);
  });

  it("is never longer than the coach takes", () => {
    const all = Array.from({ length: 30 }, (_, at) => [said("user", String(at)), said("coach", "x".repeat(9000))]).flat();
    expect(history(all)).toHaveLength(20);
    expect(history(all).every((turn) => turn.content.length <= 8000)).toBe(true);
  });

  it("that a reload interrupted has stopped", () => {
    expect(settled([said("coach", "x", "writing")])[0]?.state).toBe("stopped");
    expect(isConversation([said("user", "a")])).toBe(true);
    expect(isConversation({ no: 1 })).toBe(false);
  });
});

it("a plan's repetitions become one number", () => {
  expect(["8-12", "30 s each side", "AMRAP", "5000"].map(repsOf)).toEqual([8, 30, 10, 1000]);
});

it("a session goes to a day that is free", () => {
  expect(nextDay(["A", "B", "C"])).toBe("D");
  expect(nextDay([])).toBe("A");
});

it("a wish becomes a request", () => {
  const wish = { focus: "", equipment: ["bands"], minutes: "45", level: "", avoid: " knee , , overhead" };
  expect(requestOf(wish)).toEqual({
    focus_area: null,
    equipment_available: ["bands"],
    session_duration_minutes: 45,
    level: null,
    avoid: ["knee", "overhead"],
  });
});

it("questions come from the gaps of the routine", () => {
  const group = (name: string, sets: number, verdict: "below" | "above") => ({ group: name, sets, low: 10, high: 20, verdict });
  const found = suggestions([group("back", 2, "below"), group("legs", 30, "above")]);
  expect(found[0]).toContain("back with 2 sets");
  expect(found[1]).toContain("30 sets a week for legs");
  expect(suggestions([])).toHaveLength(3);
});

it("the address says which of the three is open", () => {
  expect([coachSearch({ view: "plan" }), coachSearch({ view: "x" }), coachSearch({})]).toEqual([{ view: "plan" }, {}, {}]);
});
