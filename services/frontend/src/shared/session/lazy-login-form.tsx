import { lazy, Suspense } from "react";
import { Skeleton } from "@/shared/ui/feedback";
import type { LoginForm as Form } from "./login-form";

const Loaded = lazy(() => import("./login-form").then((module) => ({ default: module.LoginForm })));

/** The form where it is the exception: not among what every page loads first. */
export function LoginForm(props: React.ComponentProps<typeof Form>) {
  return (
    <Suspense fallback={<Skeleton width={360} height={220} />}>
      <Loaded {...props} />
    </Suspense>
  );
}
