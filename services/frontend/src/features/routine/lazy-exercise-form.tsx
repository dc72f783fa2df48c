import { lazy, Suspense, useEffect } from "react";
import { Skeleton } from "@/shared/ui/feedback";
import type { ExerciseForm as Form } from "./exercise-form";

const load = () => import("./exercise-form").then((module) => ({ default: module.ExerciseForm }));
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
  useEffect(() => {
    const timer = setTimeout(() => void load().catch(() => undefined), 300);
    return () => clearTimeout(timer);
  }, []);
}
