import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { forgetRoutine } from "@/shared/exercises";
import { box } from "@/shared/outbox/box";
import { logOut } from "@/shared/session/session";
import { account } from "@/shared/strings/account";
import { useStore } from "@/shared/store";
import { Button } from "@/shared/ui/controls";
import { ErrorNote } from "@/shared/ui/feedback";
import css from "./account-page.module.css";

export function Sessions() {
  const client = useQueryClient();
  const pending = useStore(box).length;
  const [error, setError] = useState<unknown>(null);
  const leave = (everywhere: boolean) => () =>
    void logOut(everywhere).then(() => {
      forgetRoutine();
      client.clear();
    }, setError);
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
