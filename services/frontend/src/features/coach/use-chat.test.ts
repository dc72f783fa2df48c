import { act } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { used } from "@/testing/hooks";
import { problem, Wire } from "@/testing/wire";
import { useChat } from "./use-chat";

const ABOUT = { source: "rules", model: "rules", context_used: true };

/** A stream that the test writes. */
class Stream {
  private writer: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly response = new Response(
    new ReadableStream<Uint8Array>({
      start: (writer) => {
        this.writer = writer;
      },
    }),
  );

  say(event: string, data: object): void {
    this.writer?.enqueue(new TextEncoder().encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  }

  end = () => this.writer?.close();
}

let stream: Stream;
let wire: Wire;

beforeEach(() => {
  sessionStorage.clear();
  stream = new Stream();
  wire = new Wire(() => stream.response);
});

const chat = () => used(useChat).result;
const last = (current: ReturnType<typeof useChat>) => current.said.at(-1);

it("an answer grows while it is written, and what comes at the end counts", async () => {
  const result = chat();
  act(() => result.current.ask("How long should I rest?", true));
  expect(result.current.isWriting).toBe(true);
  await vi.waitFor(() => expect(wire.sent).toHaveLength(1));
  expect(wire.sent[0]).toMatchObject({ path: "/ai-coach/chat/stream", body: { include_workout_context: true, history: [] } });
  stream.say("delta", { text: "Two " });
  stream.say("delta", { text: "minits" });
  await vi.waitFor(() => expect(last(result.current)?.content).toBe("Two minits"));
  stream.say("done", { response: "Two minutes.", ...ABOUT });
  await vi.waitFor(() => expect(last(result.current)).toMatchObject({ content: "Two minutes.", state: "done", about: ABOUT }));
  expect(chat().current.said).toHaveLength(2);
});

it("the next question takes along what was said", async () => {
  const result = chat();
  act(() => result.current.ask("One?", true));
  stream.say("done", { response: "One.", ...ABOUT });
  await vi.waitFor(() => expect(result.current.isWriting).toBe(false));
  act(() => result.current.ask("Two?", false));
  await vi.waitFor(() => expect(wire.sent).toHaveLength(2));
  expect(wire.sent[1]?.body).toMatchObject({ history: [{ role: "user", content: "One?" }, { role: "coach", content: "One." }] });
  act(() => result.current.startOver());
  expect(result.current.said).toEqual([]);
});

it("stopping keeps what there is, and is no error", async () => {
  const result = chat();
  act(() => result.current.ask("Go on?", true));
  stream.say("delta", { text: "On and" });
  await vi.waitFor(() => expect(last(result.current)?.content).toBe("On and"));
  wire.answer = () => new Promise(() => undefined);
  act(() => result.current.startOver());
  act(() => result.current.ask("And now?", true));
  act(() => result.current.stop());
  await vi.waitFor(() => expect(last(result.current)?.state).toBe("stopped"));
  expect(result.current.error).toBeNull();
});

it.each([
  ["breaks off", () => stream.end(), "The answer broke off."],
  ["is an error", () => stream.say("error", { detail: "The model is away." }), "The model is away."],
])("an answer that %s says so", async (_, happen, message) => {
  const result = chat();
  act(() => result.current.ask("Well?", true));
  happen();
  await vi.waitFor(() => expect(result.current.error).toMatchObject({ message }));
  expect(last(result.current)?.state).toBe("failed");
});

it("a coach that refuses is quoted", async () => {
  wire.answer = () => problem(503, { detail: "Try again." });
  const result = chat();
  act(() => result.current.ask("Well?", true));
  await vi.waitFor(() => expect(result.current.error).toMatchObject({ status: 503 }));
});

it("what was kept and cannot be read is forgotten", () => {
  sessionStorage.setItem("workout.conversation", "{broken");
  expect(chat().current.said).toEqual([]);
  sessionStorage.setItem("workout.conversation", JSON.stringify({ who: "somebody else", said: [{ content: "secret" }] }));
  expect(chat().current.said).toEqual([]);
});
