import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { coach as ask } from "@/shared/api/client";
import type { PlanRequest } from "@/shared/api/schemas";
import type { Row } from "@/shared/outbox/changes";
import { ErrorNote, Skeleton } from "@/shared/ui/feedback";
import { PlanCard } from "./plan-card";
import { PlanForm } from "./plan-form";
import css from "./plan-panel.module.css";

export function PlanPanel({ rows }: { rows: Row[] }) {
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
      <div ref={answer} aria-live="polite">
        {plan.isPending && <PlanSkeleton />}
        {plan.error && <ErrorNote error={plan.error} service="coach" onRetry={again} />}
        {plan.data && <PlanCard key={plan.submittedAt} plan={plan.data} rows={rows} />}
      </div>
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
