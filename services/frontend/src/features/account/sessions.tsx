import { useState } from "react";
import { box } from "@/shared/outbox/box";
import { isOf } from "@/shared/outbox/changes";
import { logOut, useSession, whoIs } from "@/shared/session/session";
import { account } from "@/shared/strings/account";
import { useStore } from "@/shared/store";
import { Button } from "@/shared/ui/controls";
import { ErrorNote } from "@/shared/ui/feedback";
import css from "./account-page.module.css";

export function Sessions() {
  const pending = useStore(box).filter(isOf(whoIs(useSession()))).length;
  const [error, setError] = useState<unknown>(null);
  const leave = (everywhere: boolean) => () => void logOut(everywhere).catch(setError);
  return (
    <section className={css.part} aria-labelledby="sessions">
      <h2 id="sessions">{account.sessions}</h2>
      <p>{account.sessionsText}</p>
      {pending > 0 && <p>{account.pendingFirst(pending)}</p>}
      <div className={css.row}>
        <Button onClick={leave(false)}>{account.logOut}</Button>
        <Button onClick={leave(true)}>{account.everywhere}</Button>
      </div>
      {error !== null && <ErrorNote error={error} />}
    </section>
  );
}
