import { Problem } from "@/shared/api/problem";
import type { ApiHealth, CoachHealth, Job } from "@/shared/api/schemas";
import { endedAt, type Jobs, newestOfEach } from "@/shared/jobs";
import { jobs as names } from "@/shared/strings/jobs";
import { status as words } from "@/shared/strings/status";

/** How a service is, in plain words. */
export interface About {
  verdict: "good" | "partly" | "bad" | "unknown";
  sentences: string[];
}

/** The clock starts a task every hour: a worker that ended none for longer says nothing of itself. */
const RECENT_MS = 75 * 60_000;

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

/** Judged by what becomes of its jobs, and by nothing that this does not show. */
export function aboutWorker(read: Jobs | undefined, error: unknown): About {
  if (error) return withoutJobs(error);
  if (!read?.jobs.length) return { verdict: "unknown", sentences: [words.worker.noRuns] };
  const failed = newestOfEach(read.jobs.filter(({ seconds }) => seconds != null)).filter(({ state }) => state === "failed");
  const isAlive = showsLife(read);
  const sentences = [
    ...underWay(read),
    ...(isAlive || read.stuck ? [] : [words.worker.quiet]),
    ...lastEnd(read.jobs).map(([job, end]) => words.worker.ended(taskOf(job), names.moment(end))),
    ...failed.map((job) => words.worker.failed(taskOf(job), names.moment(job.started_at ?? ""), job.error ?? "")),
  ];
  if (read.stuck) return { verdict: "bad", sentences };
  if (failed.length) return { verdict: "partly", sentences };
  return { verdict: isAlive ? "good" : "unknown", sentences };
}

function showsLife({ jobs, at }: Jobs): boolean {
  const isRunning = jobs.some(({ state }) => state === "running");
  return isRunning || lastEnd(jobs).some(([, end]) => at - end < RECENT_MS);
}

function underWay({ jobs, stuck }: Jobs): string[] {
  const running = jobs.filter(({ state }) => state === "running").map((job) => words.worker.runs(taskOf(job)));
  const waiting = jobs.filter(({ state }) => state === "queued").map((job) => words.worker.waits(taskOf(job)));
  return [...(stuck ? [words.worker.stuck(taskOf(stuck))] : waiting), ...running];
}

/** The newest run that did something, and when it ended; none if there is none. */
function lastEnd(jobs: readonly Job[]): [Job, number][] {
  const ends = jobs.map((job): [Job, number | null] => [job, job.state === "already_running" ? null : endedAt(job)]);
  return ends.filter((one): one is [Job, number] => one[1] !== null).slice(0, 1);
}

function withoutJobs(error: unknown): About {
  if (!(error instanceof Problem)) return { verdict: "unknown", sentences: [words.worker.apiGone] };
  if (error.status === 401 || error.status === 403) return { verdict: "unknown", sentences: [words.worker.adminOnly] };
  if (error.body.type === "urn:problem:queue-unavailable") return { verdict: "bad", sentences: [words.worker.noQueue] };
  return { verdict: "unknown", sentences: [words.worker.apiGone] };
}

const taskOf = (job: Job): string => names.tasks[job.task];
