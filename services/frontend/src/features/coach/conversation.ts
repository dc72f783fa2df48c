import type { ChatResponse, Turn } from "@/shared/api/schemas";

const MOST_TURNS = 20;
const MOST_LETTERS = 8000;

/** What was said, by whom, and how an answer came about. */
export interface Said {
  role: "user" | "coach";
  content: string;
  state: "done" | "writing" | "stopped" | "failed";
  about?: Pick<ChatResponse, "source" | "model" | "context_used">;
}

/** What the coach is told of earlier: whole exchanges, oldest first, as many as it takes. */
export function history(said: readonly Said[]): Turn[] {
  const turns: Turn[] = [];
  for (let at = 0; at + 1 < said.length; at += 2) {
    const [question, answer] = [said[at], said[at + 1]];
    if (question && answer && answer.content.trim() && answer.state !== "failed") turns.push(turn(question), turn(answer));
  }
  return turns.slice(-MOST_TURNS);
}

function turn({ role, content }: Said): Turn {
  return { role, content: content.slice(0, MOST_LETTERS) };
}

export function isConversation(value: unknown): value is Said[] {
  return Array.isArray(value) && value.every((one: unknown) => typeof one === "object" && one !== null && "content" in one && typeof one.content === "string");
}

/** Kept over a reload; an answer that was being written then has stopped. */
export function settled(said: readonly Said[]): Said[] {
  return said.map((one) => (one.state === "writing" ? { ...one, state: "stopped" } : one));
}
