import type { Job } from "@/shared/api/schemas";
import { counted } from "./common";

const results: Record<string, (count: number) => string> = {
  processed: (count) => `${counted(count, "exercise")} refreshed`,
  skipped: (count) => `${count.toLocaleString()} had been already`,
  successful: (count) => `${counted(count, "answer")} made ready`,
  deleted_idempotency_keys: (count) => `${counted(count, "key")} deleted`,
};

/** Words for what the worker does, on every page that tells of it. */
export const jobs = {
  tasks: {
    refresh_exercises: "Refresh exercises",
    warmup_ai_cache: "Warm up the coach",
    cleanup_stale_data: "Clean up",
  } satisfies Record<Job["task"], string>,
  states: {
    queued: "Waits",
    running: "Running",
    done: "Done",
    failed: "Failed",
    already_running: "Did nothing: it was running already",
  } satisfies Record<Job["state"], string>,
  sources: { command: "by a command", queue: "by hand", schedule: "by the clock" } satisfies Record<NonNullable<Job["source"]>, string>,
  /** What a run gave, as far as it is of interest to people. */
  result: (result: Readonly<Record<string, number>>): string =>
    Object.entries(results)
      .flatMap(([name, say]) => (result[name] === undefined || (name === "skipped" && !result[name]) ? [] : [say(result[name])]))
      .join(", "),
  took: (seconds: number) =>
    seconds < 1 ? "in under 1 s" : `in ${seconds.toLocaleString(undefined, { maximumFractionDigits: 1 })} s`,
  moment: (at: string | number) => new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" }),
};
