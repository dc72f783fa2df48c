import { useSession } from "@/shared/session/session";
import { LoginForm } from "@/shared/session/login-form";
import { admin } from "@/shared/strings/admin";
import { PageHead } from "@/shared/ui/page-head";
import { AllExercises } from "./all-exercises";
import { Jobs } from "./jobs";
import { Users } from "./users";
import css from "./admin-page.module.css";

export function AdminPage() {
  const session = useSession();
  const isAdmin = session.status !== "anonymous" && session.who.role === "admin";
  return (
    <>
      <PageHead title={admin.title} summary={isAdmin ? "" : admin.forbidden} />
      {isAdmin ? (
        <div className={css.parts}>
          <Users />
          <Jobs />
          <AllExercises />
        </div>
      ) : (
        session.status === "anonymous" && <LoginForm />
      )}
    </>
  );
}
