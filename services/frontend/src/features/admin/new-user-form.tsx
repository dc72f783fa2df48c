import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { api } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { Role } from "@/shared/session/claims";
import { account } from "@/shared/strings/account";
import { admin } from "@/shared/strings/admin";
import { common } from "@/shared/strings/common";
import { Button, Select, TextField } from "@/shared/ui/controls";
import { ErrorNote } from "@/shared/ui/feedback";
import css from "./admin-page.module.css";

const words = admin.users;
const ROLES = Object.entries(account.roles);

interface NewUser {
  username: string;
  password: string;
  email: string;
  role: Role;
}

export function NewUserForm({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const form = useForm<NewUser>({ defaultValues: { username: "", password: "", email: "", role: "user" } });
  const { errors } = form.formState;
  const add = useMutation({
    mutationFn: ({ email, ...user }: NewUser) => api("post", "/admin/users", { body: { ...user, email: email || null } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["users"] });
      onClose();
    },
  });
  const told = (field: keyof NewUser) =>
    errors[field]?.message ?? (add.error instanceof Problem ? add.error.fieldMessage(field) : undefined);
  const rule = (pattern: RegExp, message: string) => ({ pattern: { value: pattern, message } });
  return (
    <form className={css.form} aria-label={words.add} noValidate onSubmit={(e) => void form.handleSubmit((user) => add.mutate(user))(e)}>
      <TextField
        label={words.username}
        autoComplete="off"
        autoCapitalize="none"
        error={told("username")}
        {...form.register("username", { required: words.wrong.username, ...rule(/^[A-Za-z0-9][\w.-]{2,49}$/, words.wrong.username) })}
      />
      <TextField
        label={words.password}
        type="password"
        autoComplete="new-password"
        error={told("password")}
        {...form.register("password", { required: words.wrong.password, ...rule(/^.{8,}$/, words.wrong.password) })}
      />
      <TextField
        label={words.email}
        type="email"
        autoComplete="off"
        error={told("email")}
        {...form.register("email", rule(/^$|^[^@\s]+@[^@\s]+$/, words.wrong.email))}
      />
      <Select label={words.role} options={ROLES} {...form.register("role")} />
      {add.error && (
        <div className={css.actions}>
          <ErrorNote error={add.error} />
        </div>
      )}
      <div className={css.actions}>
        <Button type="submit" look="primary" disabled={add.isPending}>
          {common.add}
        </Button>
        <Button onClick={onClose}>{common.cancel}</Button>
      </div>
    </form>
  );
}
