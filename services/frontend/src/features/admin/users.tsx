import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api } from "@/shared/api/client";
import type { Role } from "@/shared/session/claims";
import type { User } from "@/shared/api/schemas";
import { account } from "@/shared/strings/account";
import { admin } from "@/shared/strings/admin";
import { common } from "@/shared/strings/common";
import { Button } from "@/shared/ui/controls";
import { ErrorNote, Skeleton } from "@/shared/ui/feedback";
import { NewUserForm } from "./new-user-form";
import css from "./admin-page.module.css";

const words = admin.users;
const ROLES = Object.keys(account.roles) as Role[];

export function Users() {
  const [isAdding, setAdding] = useState(false);
  const users = useQuery({ queryKey: ["users"], queryFn: async () => (await api("get", "/admin/users")).data });
  return (
    <section className={css.part} aria-labelledby="users">
      <header className={css.head}>
        <h2 id="users">{words.title}</h2>
        {!isAdding && (
          <Button onClick={() => setAdding(true)}>
            <Plus size={18} aria-hidden />
            {words.add}
          </Button>
        )}
      </header>
      {isAdding && <NewUserForm onClose={() => setAdding(false)} />}
      {users.error && <ErrorNote error={users.error} onRetry={() => void users.refetch()} />}
      {users.isPending && <Skeleton height={160} />}
      {users.data && <UserTable users={users.data} />}
    </section>
  );
}

function UserTable({ users }: { users: User[] }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: ({ username, ...body }: { username: string; role?: Role; disabled?: boolean }) =>
      api("patch", "/admin/users/{username}", { params: { path: { username } }, body }),
    onSettled: () => client.invalidateQueries({ queryKey: ["users"] }),
  });
  return (
    <>
      {change.error && <ErrorNote error={change.error} />}
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{words.username}</th>
            <th scope="col">{words.role}</th>
            <th scope="col">{words.state}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <UserRow key={user.username} user={user} onChange={(body) => change.mutate({ username: user.username, ...body })} />
          ))}
        </tbody>
      </table>
    </>
  );
}

interface UserRowProps {
  user: User;
  onChange: (body: { role?: Role; disabled?: boolean }) => void;
}

function UserRow({ user, onChange }: UserRowProps) {
  const { username, role, disabled } = user;
  const [isAsking, setAsking] = useState(false);
  const disable = () => {
    setAsking(false);
    onChange({ disabled: true });
  };
  const toggle = () => {
    if (disabled) onChange({ disabled: false });
    else if (role === "service") setAsking(true);
    else disable();
  };
  return (
    <>
      <tr>
        <th scope="row" className={css.wide}>
          {username} {user.email && <span className={css.soft}>{user.email}</span>}
        </th>
        <td>
          <select
            className={css.role}
            aria-label={words.roleOf(username)}
            value={role}
            onChange={(event) => onChange({ role: event.target.value as Role })}
          >
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {account.roles[one]}
              </option>
            ))}
          </select>
        </td>
        <td className={disabled ? css.soft : undefined}>{disabled ? words.disabled : words.active}</td>
        <td className={css.end}>
          <Button
            aria-label={disabled ? words.enable(username) : words.disable(username)}
            onClick={toggle}
          >
            {disabled ? words.enableShort : words.disableShort}
          </Button>
        </td>
      </tr>
      {isAsking && <Consequence username={username} onDisable={disable} onCancel={() => setAsking(false)} />}
    </>
  );
}

interface ConsequenceProps {
  username: string;
  onDisable: () => void;
  onCancel: () => void;
}

/** What stops working with an account of the product's own, before it does. */
function Consequence({ username, onDisable, onCancel }: ConsequenceProps) {
  return (
    <tr>
      <td colSpan={4}>
        <div className={css.consequence}>
          <p role="alert">{words.without[username] ?? words.withoutAny}</p>
          <Button look="danger" onClick={onDisable}>
            {words.anyway}
          </Button>
          <Button onClick={onCancel}>{common.cancel}</Button>
        </div>
      </td>
    </tr>
  );
}
