import { describe, expect, it } from "vitest";
import { NoAnswer, Problem } from "@/shared/api/problem";
import type { ApiHealth, CoachHealth, Job } from "@/shared/api/schemas";
import { PATIENCE_MS, seen } from "@/shared/jobs";
import { status as words } from "@/shared/strings/status";
import { aboutApi, aboutCoach, aboutWorker } from "./health";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const gone = new NoAnswer("4bf92f", false);

describe("the API", () => {
  const health: ApiHealth = {
    status: "healthy",
    version: "1.2.3",
    timestamp: "2026-11-22T12:00:00Z",
    database: { status: "connected", message: "Connected", exercise_count: 27 },
  };

  it("says how many exercises it keeps, and its version", () => {
    expect(aboutApi(health, null)).toEqual({ verdict: "good", sentences: [words.api.healthy("27"), "Version 1.2.3"] });
  });

  it("is told apart from its database", () => {
    const database = { status: "disconnected", message: "away", exercise_count: null } as const;
    expect(aboutApi({ ...health, status: "unhealthy", database }, null)).toEqual({ verdict: "bad", sentences: [words.api.unhealthy] });
    expect(aboutApi(undefined, gone)).toEqual({ verdict: "bad", sentences: [words.api.gone] });
  });
});

describe("the coach", () => {
  const health: CoachHealth = {
    status: "healthy",
    service: "ai-coach",
    ai_model: "rules",
    workout_api_connected: true,
    redis_connected: true,
  };

  it.each([
    [{}, "good", [words.coach.rules]],
    [{ ai_model: "anthropic:claude" }, "good", [words.coach.llm("anthropic:claude")]],
    [{ status: "unhealthy", workout_api_connected: false }, "partly", [words.coach.rules, words.coach.noApi]],
    [{ status: "degraded", redis_connected: false }, "partly", [words.coach.rules, words.coach.noRedis]],
    [{ status: "degraded" }, "partly", [words.coach.rules, words.coach.busy]],
  ] as const)("with %o is %s", (changes, verdict, sentences) => {
    expect(aboutCoach({ ...health, ...changes }, null)).toEqual({ verdict, sentences });
  });

  it("is away", () => expect(aboutCoach(undefined, gone)).toEqual({ verdict: "bad", sentences: [words.coach.gone] }));
});

describe("the worker", () => {
  const refresh = (changes: Partial<Job> = {}): Job => ({
    ...{ id: "refresh_exercises-1", task: "refresh_exercises", state: "done", source: "schedule" },
    ...{ started_at: "2026-11-22T11:00:00Z", seconds: 2, ...changes },
  });
  const waiting: Job = { id: "cleanup_stale_data-1", task: "cleanup_stale_data", state: "queued" };
  const about = (...jobs: Job[]) => aboutWorker({ jobs, at: NOW, stuck: null }, null);

  it("works when a run has ended within the hour, or one goes on", () => {
    expect(about(refresh()).verdict).toBe("good");
    const running = about({ ...waiting, state: "running" });
    expect(running).toEqual({ verdict: "good", sentences: [words.worker.runs("Clean up")] });
  });

  it("is not said to work by what happened long ago, or not at all", () => {
    const old = about(refresh({ started_at: "2026-11-22T09:00:00Z" }));
    expect(old.verdict).toBe("unknown");
    expect(old.sentences[0]).toBe(words.worker.quiet);
    expect(about()).toEqual({ verdict: "unknown", sentences: [words.worker.noRuns] });
    expect(about(waiting).verdict).toBe("unknown");
  });

  it("has something missing while the newest run of a task is one that failed", () => {
    const failed = refresh({ state: "failed", error: "2 failed" });
    expect(about(refresh({ id: "0", state: "already_running" }), failed, refresh()).verdict).toBe("partly");
    expect(about(failed).sentences.at(-1)).toMatch(/2 failed$/);
    expect(about(refresh(), failed).verdict).toBe("good");
    expect(about({ ...waiting, id: "r", task: "refresh_exercises" }, failed).verdict).toBe("partly");
  });

  it("does not work when it lets a job wait", () => {
    const since = new Map<string, number>();
    expect(aboutWorker(seen([waiting, refresh()], NOW, since), null).verdict).toBe("good");
    const stuck = aboutWorker(seen([waiting, refresh()], NOW + PATIENCE_MS + 1, since), null);
    expect(stuck.verdict).toBe("bad");
    expect(stuck.sentences[0]).toBe(words.worker.stuck("Clean up"));
  });

  it("may let it wait while it is busy", () => {
    const since = new Map<string, number>();
    const busy: Job = { ...refresh(), state: "running" };
    seen([busy, waiting], NOW, since);
    expect(seen([busy, waiting], NOW + 10 * PATIENCE_MS, since).stuck).toBeNull();
    expect(seen([waiting], NOW + 10 * PATIENCE_MS + 1, since).stuck).toBeNull();
    expect(seen([waiting], NOW + 11 * PATIENCE_MS + 1, since).stuck).toBe(waiting);
    expect(seen([], NOW + 12 * PATIENCE_MS, since).stuck).toBeNull();
    expect(since.size).toBe(0);
  });

  it.each([
    [new Problem(503, { type: "urn:problem:queue-unavailable" }, 2), "bad", words.worker.noQueue],
    [new Problem(503, {}, 2), "unknown", words.worker.apiGone],
    [new Problem(403, {}, null), "unknown", words.worker.adminOnly],
    [gone, "unknown", words.worker.apiGone],
  ])("by an error: %s", (error, verdict, sentence) => {
    expect(aboutWorker(undefined, error)).toEqual({ verdict, sentences: [sentence] });
  });
});
