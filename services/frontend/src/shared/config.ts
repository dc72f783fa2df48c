/** Where the services are: told at container start, or at build time, or else behind the page's own origin. */
interface Told {
  api?: string;
  aiCoach?: string;
}

const told = (globalThis as { workoutTracker?: Told }).workoutTracker ?? {};

function base(...candidates: (string | undefined)[]): string {
  return (candidates.find(Boolean) ?? "").replace(/\/+$/, "");
}

export const API_BASE = base(told.api, import.meta.env.VITE_API_BASE_URL, "/api");
export const COACH_BASE = base(told.aiCoach, import.meta.env.VITE_AI_COACH_BASE_URL, "/ai-coach");
