import { useRuns, type Run } from "@/shared/jobs";
import { status as words } from "@/shared/strings/status";
import type { About } from "./health";
import { Service } from "./status-page";

export function WorkerStatus() {
  const { data, error, isPending, isEnabled } = useRuns();
  return <Service name={words.services.worker} about={isEnabled && isPending ? null : aboutRuns(data, isEnabled)} error={error} />;
}

function aboutRuns(runs: Run[] | null | undefined, isAdmin: boolean): About {
  if (!isAdmin) return { verdict: "unknown", sentences: [words.worker.adminOnly] };
  if (!runs) return { verdict: "unknown", sentences: [words.worker.none] };
  const last = runs[0];
  if (!last) return { verdict: "unknown", sentences: [words.worker.noRuns] };
  const isBad = runs.some((run) => run.status === "failed");
  const when = last.finished_at ?? last.started_at;
  const sentence = words.worker.ran(last.task, when ? new Date(when).toLocaleString() : "", last.status);
  return { verdict: isBad ? "partly" : "good", sentences: [isBad ? words.worker.bad : words.worker.good, sentence] };
}
