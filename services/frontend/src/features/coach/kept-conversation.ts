import { whoIs } from "@/shared/session/session";
import { isConversation, type Said, settled } from "./conversation";

const KEY = "workout.conversation";

interface Kept {
  who: string;
  said: readonly Said[];
}

/** What this tab said before a reload, if it was the same person. */
export function restored(): readonly Said[] {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Kept | null;
    return kept?.who === whoIs() && isConversation(kept.said) ? settled(kept.said) : [];
  } catch {
    return [];
  }
}

export function keep(said: readonly Said[]): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ who: whoIs(), said } satisfies Kept));
  } catch {
    // Full or switched off: it lives as long as the page.
  }
}

export function forgetConversation(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Switched off: there is nothing to forget.
  }
}
