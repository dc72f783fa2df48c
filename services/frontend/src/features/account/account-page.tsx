import { account } from "@/shared/strings/account";
import { useSession } from "@/shared/session/session";
import { LoginForm } from "@/shared/session/login-form";
import { PageHead } from "@/shared/ui/page-head";
import { PasswordForm } from "./password-form";
import { Preferences } from "./preferences";
import { Sessions } from "./sessions";
import css from "./account-page.module.css";

export function AccountPage() {
  const session = useSession();
  const isIn = session.status !== "anonymous";
  const summary = isIn ? account.who(session.who.username, account.roles[session.who.role]) : account.anonymous;
  return (
    <>
      <PageHead title={account.title} summary={summary} />
      <div className={css.parts}>
        {!isIn && (
          <section className={css.part} aria-labelledby="login">
            <h2 id="login">{account.login.title}</h2>
            <LoginForm />
          </section>
        )}
        <Preferences />
        {isIn && <PasswordForm />}
        {isIn && <Sessions />}
      </div>
    </>
  );
}
