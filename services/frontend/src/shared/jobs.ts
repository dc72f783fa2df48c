import { useQuery } from "@tanstack/react-query";
import { api } from "@/shared/api/client";
import type { Job } from "@/shared/api/schemas";
import { useSession } from "@/shared/session/session";

export type TaskName = Job["task"];

/** What the API tells of the worker, read at a moment in time. */
export interface Jobs {
  /** What runs or waits, then what has ended, the newest first. */
  jobs: readonly Job[];
  at: number;
  /** It has been waiting for longer than a worker that lives lets anything wait. */
  stuck: Job | null;
}

/** Longer than a crashed worker's lease, after which the next one takes its job up. */
export const PATIENCE_MS = 30_000;
const BUSY_MS = 2_000;
const QUIET_MS = 15_000;

export const isUnderWay = ({ state }: Job): boolean => state === "queued" || state === "running";

/** When this page first saw each job that waits. */
const waitingSince = new Map<string, number>();

/** The worker's jobs, for admins: nobody else may ask. */
export function useJobs() {
  const session = useSession();
  return useQuery({
    queryKey: ["jobs"],
    enabled: session.status === "in" && session.who.role === "admin",
    retry: false,
    refetchInterval: (query) => (query.state.data?.jobs.some(isUnderWay) ? BUSY_MS : QUIET_MS),
    queryFn: async () => seen((await api("get", "/admin/jobs")).data, Date.now(), waitingSince),
  });
}

/** Nobody says since when a job waits, so `since` keeps when it was first seen to. */
export function seen(jobs: readonly Job[], at: number, since: Map<string, number>): Jobs {
  const waiting = jobs.filter(({ state }) => state === "queued");
  const isBusy = jobs.some(({ state }) => state === "running");
  for (const id of since.keys()) if (isBusy || !waiting.some((job) => job.id === id)) since.delete(id);
  for (const { id } of waiting) if (!since.has(id)) since.set(id, at);
  const stuck = waiting.find(({ id }) => at - (since.get(id) ?? at) > PATIENCE_MS) ?? null;
  return { jobs, at, stuck };
}

/** The newest of each task that tells something: one that found its task running tells nothing. */
export function newestOfEach(jobs: readonly Job[]): Job[] {
  const telling = jobs.filter(({ state }) => state !== "already_running");
  return telling.filter((job, at) => telling.findIndex(({ task }) => task === job.task) === at);
}

/** When a run ended, where that is known. */
export function endedAt({ started_at, seconds }: Job): number | null {
  return started_at && seconds != null ? Date.parse(started_at) + seconds * 1000 : null;
}
