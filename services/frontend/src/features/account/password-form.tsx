import { useState } from "react";
import { useForm } from "react-hook-form";
import { Problem } from "@/shared/api/problem";
import { changePassword } from "@/shared/session/session";
import { account } from "@/shared/strings/account";
import { Button, TextField } from "@/shared/ui/controls";
import { ErrorNote } from "@/shared/ui/feedback";
import css from "./account-page.module.css";

const words = account.password;

export function PasswordForm() {
  const [outcome, setOutcome] = useState<{ error: unknown } | "done" | null>(null);
  const form = useForm({ defaultValues: { current: "", fresh: "" } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ current, fresh }) => {
    setOutcome(null);
    try {
      await changePassword(current, fresh);
      form.reset();
      setOutcome("done");
    } catch (error) {
      const isWrong = error instanceof Problem && error.body.type === "urn:problem:wrong-password";
      if (isWrong) form.setError("current", { message: words.wrong }, { shouldFocus: true });
      else setOutcome({ error });
    }
  });
  const least = (count: number, message: string) => ({ validate: (text: string) => text.length >= count || message });
  return (
    <section className={css.part} aria-labelledby="password">
      <h2 id="password">{words.title}</h2>
      <form className={css.form} noValidate onSubmit={(event) => void submit(event)}>
        <TextField
          label={words.current}
          type="password"
          autoComplete="current-password"
          error={errors.current?.message}
          {...form.register("current", least(6, account.needed.password))}
        />
        <TextField
          label={words.fresh}
          type="password"
          autoComplete="new-password"
          hint={words.hint}
          error={errors.fresh?.message}
          {...form.register("fresh", least(8, account.needed.fresh))}
        />
        {outcome === "done" && (
          <p className={css.good} role="status">
            {words.done}
          </p>
        )}
        {outcome && outcome !== "done" && <ErrorNote error={outcome.error} />}
        <Button type="submit" disabled={isSubmitting}>
          {words.submit}
        </Button>
      </form>
    </section>
  );
}
