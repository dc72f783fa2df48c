import { useEffect } from "react";
import { leave, useSession } from "@/shared/session/session";
import { LoginForm, preloadLogin } from "@/shared/session/lazy-login-form";
import { account } from "@/shared/strings/account";
import { Button } from "@/shared/ui/controls";
import { Dialog } from "@/shared/ui/feedback";
import { PageBoundary } from "./page-failed";
import css from "./session-expired.module.css";

const words = account.login;

/** Over the page and not instead of it: what is being typed stays where it is. */
export function SessionExpired() {
  const session = useSession();
  const isIn = session.status === "in";
  useEffect(() => (isIn ? preloadLogin() : undefined), [isIn]);
  if (session.status !== "expired") return null;
  return (
    <Dialog title={words.expired} onClose={leave}>
      <div className={css.body}>
        <p>{words.expiredText}</p>
        <PageBoundary>
          <LoginForm username={session.who.username} />
        </PageBoundary>
        <Button look="quiet" onClick={leave}>
          {words.without}
        </Button>
      </div>
    </Dialog>
  );
}
