import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { Job } from "@/shared/api/schemas";
import { isUnderWay, newestOfEach, type TaskName, useJobs } from "@/shared/jobs";
import { admin } from "@/shared/strings/admin";
import { jobs as names } from "@/shared/strings/jobs";
import { Button } from "@/shared/ui/controls";
import { ErrorNote, Skeleton } from "@/shared/ui/feedback";
import css from "./admin-page.module.css";

const words = admin.jobs;
const TASKS = Object.keys(names.tasks) as TaskName[];
const SHOWN = 10;

/** The worker's tasks: start one by hand, and how the last runs went. */
export function Jobs() {
  const { data, error, isPending, refetch } = useJobs();
  return (
    <section className={css.part} aria-labelledby="jobs">
      <div>
        <h2 id="jobs">{words.title}</h2>
        <p className={css.soft}>{words.about}</p>
      </div>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {isPending && <Skeleton height={140} />}
      {data && <Tasks jobs={data.jobs} />}
      {data && <LastRuns jobs={data.jobs.filter((job) => !isUnderWay(job)).slice(0, SHOWN)} />}
    </section>
  );
}

function Tasks({ jobs }: { jobs: readonly Job[] }) {
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: (name: TaskName) => api("post", "/admin/jobs/{name}", { params: { path: { name } } }),
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
  const isRunning = start.error instanceof Problem && start.error.status === 409;
  const task = start.variables && names.tasks[start.variables];
  const newest = newestOfEach(jobs);
  const begun = start.data && (jobs.find(({ id }) => id === start.data.data.id) ?? start.data.data);
  return (
    <>
      <p role="status">{begun ? became(begun) : task && isRunning && words.running(task)}</p>
      {start.error && !isRunning && <ErrorNote error={start.error} />}
      <table className={css.table} aria-labelledby="jobs">
        <Columns last={<td />} />
        <tbody>
          {TASKS.map((name) => (
            <TaskRow key={name} name={name} newest={newest.find((job) => job.task === name)} onStart={() => start.mutate(name)} />
          ))}
        </tbody>
      </table>
    </>
  );
}

/** What is said of a job that was started here, until it has ended and then. */
function became(job: Job): string {
  const task = names.tasks[job.task];
  return isUnderWay(job) ? words.started(task) : words.ended(task, names.states[job.state]);
}

function Columns({ last }: { last?: React.ReactNode }) {
  return (
    <thead>
      <tr>
        {words.columns.map((title) => (
          <th key={title} scope="col">
            {title}
          </th>
        ))}
        {last}
      </tr>
    </thead>
  );
}

function TaskRow({ name, newest, onStart }: { name: TaskName; newest: Job | undefined; onStart: () => void }) {
  return (
    <tr>
      <th scope="row" className={css.wide}>
        {names.tasks[name]}
      </th>
      {newest ? <Run job={newest} /> : <td colSpan={2}>{words.never}</td>}
      <td className={css.end}>
        <Button aria-label={words.start(names.tasks[name])} onClick={onStart}>
          {words.startShort}
        </Button>
      </td>
    </tr>
  );
}

/** When it began, and what became of it. */
function Run({ job }: { job: Job }) {
  const gave = job.result ? names.result(job.result) : "";
  const about = [gave, job.seconds == null ? "" : names.took(job.seconds)].filter(Boolean).join(" ");
  return (
    <>
      <td>
        {job.started_at ? names.moment(job.started_at) : ""} {job.source ? names.sources[job.source] : ""}
      </td>
      <td>
        {names.states[job.state]}
        {about && <span className={css.soft}> · {about}</span>}
        {job.state === "failed" && job.error && <span className={css.why}>{job.error}</span>}
      </td>
    </>
  );
}

function LastRuns({ jobs }: { jobs: readonly Job[] }) {
  if (!jobs.length) return null;
  return (
    <details>
      <summary className={css.summary}>{words.last}</summary>
      <table className={css.table} aria-label={words.last}>
        <Columns />
        <tbody>
          {jobs.map((job) => (
            <tr key={job.id}>
              <th scope="row" className={css.wide}>
                {names.tasks[job.task]}
              </th>
              <Run job={job} />
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
