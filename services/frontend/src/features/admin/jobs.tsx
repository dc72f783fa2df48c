import { useMutation, useQueryClient } from "@tanstack/react-query";
import { apiJson } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import { type Run, useRuns } from "@/shared/jobs";
import { admin } from "@/shared/strings/admin";
import { Button } from "@/shared/ui/controls";
import { ErrorNote, Skeleton } from "@/shared/ui/feedback";
import css from "./admin-page.module.css";

const words = admin.jobs;
const TASKS = Object.entries(words.tasks);

/** The worker's tasks: start one by hand, and how the last runs went. */
export function Jobs() {
  const { data: runs, error, isPending, refetch } = useRuns();
  return (
    <section className={css.part} aria-labelledby="jobs">
      <h2 id="jobs">{words.title}</h2>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {isPending && <Skeleton height={140} />}
      {runs === null && <p className={css.soft}>{words.none}</p>}
      {runs && <Tasks runs={runs} />}
    </section>
  );
}

function Tasks({ runs }: { runs: Run[] }) {
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: (task: string) => apiJson("POST", `/admin/jobs/${task}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
  const isRunning = start.error instanceof Problem && start.error.status === 409;
  return (
    <>
      <p role="status">{start.isSuccess ? words.started : isRunning ? words.running : ""}</p>
      {start.error && !isRunning && <ErrorNote error={start.error} />}
      <table className={css.table}>
        <thead>
          <tr>
            {words.columns.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {TASKS.map(([task, name]) => (
            <TaskRow key={task} name={name} last={runs.find((run) => run.task === task)} onStart={() => start.mutate(task)} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function TaskRow({ name, last, onStart }: { name: string; last: Run | undefined; onStart: () => void }) {
  return (
    <tr>
      <th scope="row" className={css.wide}>
        {name}
      </th>
      <td>{last?.started_at ? new Date(last.started_at).toLocaleString() : words.never}</td>
      <td>{last?.status}</td>
      <td className={css.end}>
        <Button aria-label={words.start(name)} onClick={onStart}>
          {words.startShort}
        </Button>
      </td>
    </tr>
  );
}
