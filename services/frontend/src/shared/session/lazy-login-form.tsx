import { lazy, Suspense } from "react";
import { Skeleton } from "@/shared/ui/feedback";
import type { LoginForm as Form } from "./login-form";

const load = () => import("./login-form").then((module) => ({ default: module.LoginForm }));
const Loaded = lazy(load);

/** The form where it is the exception: not among what every page loads first. */
export function LoginForm(props: React.ComponentProps<typeof Form>) {
  return (
    <Suspense fallback={<Skeleton width={360} height={220} />}>
      <Loaded {...props} />
    </Suspense>
  );
}

/** For whoever is logged in: when their session ends, an update may have taken the form's file away. */
export function preloadLogin(): () => void {
  const timer = setTimeout(() => void load().catch(() => undefined), 1_000);
  return () => clearTimeout(timer);
}
