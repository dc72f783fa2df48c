export type Role = "admin" | "user" | "readonly" | "service";

const ROLES: unknown[] = ["admin", "user", "readonly", "service"] satisfies Role[];

export interface Who {
  username: string;
  role: Role;
}

/** Who an access token is for. The server decides what they may; this decides what they are shown. */
export function whoIn(token: string): Who {
  const payload = token.split(".")[1] ?? "";
  const bytes = Uint8Array.from(atob(payload.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  const claims = JSON.parse(new TextDecoder().decode(bytes)) as { sub: string; role: Role };
  return { username: claims.sub, role: claims.role };
}

export function isWho(value: unknown): value is Who {
  const { username, role } = (value ?? {}) as Partial<Who>;
  return typeof username === "string" && username !== "" && ROLES.includes(role);
}
