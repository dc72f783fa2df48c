import { useCallback, useEffect, useRef, useState } from "react";
import { coachStream } from "@/shared/api/client";
import type { ChatResponse } from "@/shared/api/schemas";
import { coach } from "@/shared/strings/coach";
import { type Said, history } from "./conversation";
import { events } from "./events";
import { keep, restored } from "./kept-conversation";

interface Chat {
  said: readonly Said[];
  error: unknown;
  isWriting: boolean;
  ask: (message: string, withRoutine: boolean) => void;
  stop: () => void;
  startOver: () => void;
}

export function useChat(): Chat {
  const [said, setSaid] = useState<readonly Said[]>(restored);
  const [error, setError] = useState<unknown>(null);
  const running = useRef<AbortController | null>(null);
  const isWriting = said.at(-1)?.state === "writing";

  useEffect(() => keep(said), [said]);
  useEffect(() => () => running.current?.abort(), []);

  const answer = useCallback((changes: (last: Said) => Partial<Said>) => {
    setSaid((now) => now.map((one, at) => (at === now.length - 1 ? { ...one, ...changes(one) } : one)));
  }, []);

  const ask = (message: string, withRoutine: boolean) => {
    const stopper = new AbortController();
    running.current = stopper;
    const earlier = said.filter((one) => one.state !== "writing");
    setError(null);
    setSaid([...earlier, { role: "user", content: message, state: "done" }, { role: "coach", content: "", state: "writing" }]);
    const body = { message, include_workout_context: withRoutine, history: history(earlier) };
    read(body, stopper.signal, answer).catch((failure: unknown) => {
      answer(() => ({ state: stopper.signal.aborted ? "stopped" : "failed" }));
      if (!stopper.signal.aborted) setError(failure);
    });
  };
  const stop = () => running.current?.abort();
  const startOver = () => {
    stop();
    setError(null);
    setSaid([]);
  };
  return { said, error, isWriting, ask, stop, startOver };
}

type Answer = (changes: (last: Said) => Partial<Said>) => void;

/** The text grows with every `delta`; `done` has the whole, which counts. */
async function read(body: object, signal: AbortSignal, answer: Answer): Promise<void> {
  const response = await coachStream("/chat/stream", body, signal);
  if (!response.body) throw new Error(coach.chat.cut);
  for await (const { event, data } of events(response.body)) {
    if (event === "delta") {
      const { text } = JSON.parse(data) as { text: string };
      answer((last) => ({ content: last.content + text }));
    } else if (event === "done") {
      const { response: content, ...about } = JSON.parse(data) as ChatResponse;
      answer(() => ({ content, about, state: "done" }));
      return;
    } else if (event === "error") {
      throw new Error((JSON.parse(data) as { detail: string }).detail);
    }
  }
  throw new Error(coach.chat.cut);
}
