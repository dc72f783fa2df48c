import { useState } from "react";
import { useForm } from "react-hook-form";
import { account } from "@/shared/strings/account";
import { Button, TextField } from "@/shared/ui/controls";
import { ErrorNote } from "@/shared/ui/feedback";
import { logIn } from "./session";
import css from "./login-form.module.css";

interface Props {
  username?: string;
  onDone?: () => void;
}

const words = account.login;

export function LoginForm({ username = "", onDone }: Props) {
  const [error, setError] = useState<unknown>(null);
  const form = useForm({ defaultValues: { username, password: "" } });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    setError(null);
    await logIn(values.username.trim(), values.password).then(onDone, setError);
  });
  const needs = (least: number, message: string) => ({ validate: (text: string) => text.trim().length >= least || message });
  return (
    <form className={css.form} aria-label={words.title} noValidate onSubmit={(event) => void submit(event)}>
      <TextField
        label={words.username}
        autoComplete="username"
        autoCapitalize="none"
        error={errors.username?.message}
        {...form.register("username", needs(3, account.needed.username))}
      />
      <TextField
        label={words.password}
        type="password"
        autoComplete="current-password"
        error={errors.password?.message}
        {...form.register("password", needs(6, account.needed.password))}
      />
      {error !== null && <ErrorNote error={error} />}
      <Button type="submit" look="primary" disabled={isSubmitting}>
        {isSubmitting ? words.busy : words.submit}
      </Button>
    </form>
  );
}
