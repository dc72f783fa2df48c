/** Where the services are: told at container start, or at build time, or else behind the page's own origin. */
interface Told {
  api?: string;
  aiCoach?: string;
}

const built = import.meta.env as Record<string, string | undefined>;
const told = (globalThis as { workoutTracker?: Told }).workoutTracker ?? {};

function base(...candidates: (string | undefined)[]): string {
  return (candidates.find(Boolean) ?? "").replace(/\/+$/, "");
}

export const API_BASE = base(told.api, built.VITE_API_BASE_URL, "/api");
export const COACH_BASE = base(told.aiCoach, built.VITE_AI_COACH_BASE_URL, "/ai-coach");
