import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { coach as ask } from "@/shared/api/client";
import type { PlanRequest } from "@/shared/api/schemas";
import type { useRoutine } from "@/shared/exercises";
import { useSession, whoIs } from "@/shared/session/session";
import { account } from "@/shared/strings/account";
import { coach as texts } from "@/shared/strings/coach";
import { buttonClass } from "@/shared/ui/controls";
import { ErrorNote, Skeleton } from "@/shared/ui/feedback";
import { PlanCard } from "./plan-card";
import { PlanForm } from "./plan-form";
import css from "./plan-panel.module.css";

const words = texts.plan;

interface Props {
  routine: ReturnType<typeof useRoutine>;
}

export function PlanPanel({ routine }: Props) {
  const isSomebody = whoIs(useSession()) !== "";
  const mayAdd = isSomebody || routine.rows !== undefined;
  const plan = useMutation({
    mutationFn: async (body: PlanRequest) => (await ask("post", "/recommend", { body })).data,
  });
  const answer = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (plan.data) answer.current?.scrollIntoView({ block: "nearest" });
  }, [plan.data]);
  const again = () => plan.variables && plan.mutate(plan.variables);
  return (
    <div className={css.panel}>
      <PlanForm isBusy={plan.isPending} onAsk={plan.mutate} />
      <div ref={answer} className={css.answer} aria-live="polite">
        {!mayAdd && <NotToAdd routine={routine} />}
        {plan.isPending && <PlanSkeleton />}
        {plan.error && <ErrorNote error={plan.error} service="coach" onRetry={again} />}
        {plan.data && <PlanCard key={plan.submittedAt} plan={plan.data} rows={routine.rows ?? []} mayAdd={mayAdd} />}
      </div>
    </div>
  );
}

/** What a stranger takes from a plan must not wait here for whoever logs in next. */
function NotToAdd({ routine }: Props) {
  if (routine.isPending) return null;
  if (!routine.isClosed) return <ErrorNote error={routine.error} onRetry={() => void routine.refetch()} />;
  return (
    <div className={css.closed}>
      <p>{words.logInFirst}</p>
      <Link className={buttonClass()} href="/account">
        {account.login.title}
      </Link>
    </div>
  );
}

function PlanSkeleton() {
  return (
    <div className={css.skeleton}>
      <Skeleton width={220} height={28} />
      <Skeleton height={44} />
      {[1, 2, 3, 4].map((line) => (
        <Skeleton key={line} height={52} />
      ))}
    </div>
  );
}
