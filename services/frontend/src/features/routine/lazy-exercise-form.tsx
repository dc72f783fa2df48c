import { lazy, Suspense, useEffect } from "react";
import { onceMore, whenIdle } from "@/shared/once-more";
import { Skeleton } from "@/shared/ui/feedback";
import type { ExerciseForm as Form } from "./exercise-form";

const load = () => onceMore(() => import("./exercise-form").then((module) => ({ default: module.ExerciseForm })));
const Loaded = lazy(load);

/** Reading the routine needs no form. It is fetched once the page stands, before anybody taps. */
export function ExerciseForm(props: React.ComponentProps<typeof Form>) {
  return (
    <Suspense fallback={<Skeleton height={300} />}>
      <Loaded {...props} />
    </Suspense>
  );
}

export function usePreloadedForm(): void {
  useEffect(() => whenIdle(() => void load().catch(() => undefined)), []);
}
