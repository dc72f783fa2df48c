import { useMutation } from "@tanstack/react-query";
import { coach as ask } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { Analysis as Answer } from "@/shared/api/schemas";
import { coach } from "@/shared/strings/coach";
import { Button } from "@/shared/ui/controls";
import { ErrorNote, Skeleton } from "@/shared/ui/feedback";
import { Dial } from "./dial";
import { SourceNote } from "./source-note";
import css from "./analysis.module.css";

const words = coach.analysis;

export function Analysis() {
  const analysis = useMutation({ mutationFn: async () => (await ask("get", "/analyze")).data });
  const isEmpty = analysis.error instanceof Problem && analysis.error.status === 400;
  return (
    <div className={css.analysis}>
      <div>
        <Button look="primary" disabled={analysis.isPending} onClick={() => analysis.mutate()}>
          {analysis.isPending ? words.busy : words.start}
        </Button>
      </div>
      <div aria-live="polite">
        {analysis.isPending && <Skeleton height={260} />}
        {isEmpty && <p>{words.nothing}</p>}
        {analysis.error && !isEmpty && (
          <ErrorNote error={analysis.error} service="coach" onRetry={() => analysis.mutate()} />
        )}
        {analysis.data && <Findings found={analysis.data} />}
      </div>
    </div>
  );
}

function Findings({ found }: { found: Answer }) {
  const parts = [
    [words.strengths, found.strengths],
    [words.areas, found.areas_to_improve],
    [words.next, found.recommendations],
  ] as const;
  return (
    <div className={css.findings}>
      <div className={css.score}>
        {found.muscle_balance_score === null || found.muscle_balance_score === undefined ? (
          <p>{words.noScore}</p>
        ) : (
          <Dial score={found.muscle_balance_score} />
        )}
        <p className={css.explain}>{words.explain}</p>
      </div>
      <div className={css.said}>
        <p className={css.summary}>{found.summary}</p>
        {parts.map(
          ([title, list]) =>
            list.length > 0 && (
              <section key={title}>
                <h2>{title}</h2>
                <ul>
                  {list.map((one) => (
                    <li key={one}>{one}</li>
                  ))}
                </ul>
              </section>
            ),
        )}
        <SourceNote source={found.source} model={found.model} />
      </div>
    </div>
  );
}
