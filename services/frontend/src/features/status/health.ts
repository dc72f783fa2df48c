import type { ApiHealth, CoachHealth } from "@/shared/api/schemas";
import { status as words } from "@/shared/strings/status";

/** How a service is, in plain words. */
export interface About {
  verdict: "good" | "partly" | "bad" | "unknown";
  sentences: string[];
}

export function aboutApi(health: ApiHealth | undefined, error: unknown): About {
  if (error || !health) return { verdict: "bad", sentences: [words.api.gone] };
  if (health.status !== "healthy") return { verdict: "bad", sentences: [words.api.unhealthy] };
  const count = (health.database.exercise_count ?? 0).toLocaleString();
  return { verdict: "good", sentences: [words.api.healthy(count), `${words.api.version} ${health.version}`] };
}

export function aboutCoach(health: CoachHealth | undefined, error: unknown): About {
  if (error || !health) return { verdict: "bad", sentences: [words.coach.gone] };
  const sentences = [health.ai_model === "rules" ? words.coach.rules : words.coach.llm(health.ai_model)];
  if (!health.workout_api_connected) sentences.push(words.coach.noApi);
  if (!health.redis_connected) sentences.push(words.coach.noRedis);
  if (health.status === "degraded" && health.redis_connected) sentences.push(words.coach.busy);
  return { verdict: health.status === "healthy" ? "good" : "partly", sentences };
}
