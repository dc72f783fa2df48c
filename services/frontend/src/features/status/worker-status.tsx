import { useJobs } from "@/shared/jobs";
import { status as words } from "@/shared/strings/status";
import { aboutWorker, type About } from "./health";
import { Service } from "./service";

const FOR_ADMINS: About = { verdict: "unknown", sentences: [words.worker.adminOnly] };

/** The worker itself is not reachable from a browser; its jobs tell how it is. */
export function WorkerStatus() {
  const { data, error, isPending, isEnabled } = useJobs();
  const about = isEnabled ? (isPending ? null : aboutWorker(data, error)) : FOR_ADMINS;
  return <Service name={words.services.worker} about={about} error={isEnabled ? error : null} />;
}
