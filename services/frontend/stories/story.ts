import { test as base, expect, type Page } from "@playwright/test";

const API = process.env.API_URL ?? "";

interface Watched {
  /** Errors in the console that the story brings about itself, such as those of an API that it has killed. */
  expectErrors: (...patterns: RegExp[]) => void;
  /** A name that no other story has. */
  unique: (name: string) => string;
}

let count = 0;

/** A story ends well only if the console had no error and the content security policy was never broken. */
export const test = base.extend<Watched>({
  // eslint-disable-next-line no-empty-pattern
  unique: async ({}, use, info) => {
    await use((name) => `${name} ${info.project.name} ${++count}`);
  },
  expectErrors: [
    async ({ context }, use) => {
      const expected: RegExp[] = [];
      const errors: string[] = [];
      const watch = (page: Page) => {
        page.on("console", (message) => message.type() === "error" && errors.push(message.text() + message.location().url));
        page.on("pageerror", (error) => errors.push(String(error)));
      };
      context.on("page", watch);
      await use((...patterns) => expected.push(...patterns));
      expect(errors.filter((text) => !expected.some((pattern) => pattern.test(text)))).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export interface Exercise {
  id: number;
  name: string;
  sets: number;
  reps: number;
  weight: number | null;
  workout_day: string;
}

/** The routine as the server has it. */
export async function onServer(headers: Record<string, string> = {}): Promise<Exercise[]> {
  const found: Exercise[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await fetch(`${API}/exercises?page=${page}&page_size=200`, { headers });
    const { items, total } = (await answer.json()) as { items: Exercise[]; total: number };
    found.push(...items);
    if (found.length >= total || !items.length) return found;
  }
}

export async function call(path: string, method: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const init = { method, headers: { "Content-Type": "application/json", ...headers } };
  const answer = await fetch(API + path, body === undefined ? init : { ...init, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

export async function add(name: string, more: Partial<Exercise> = {}): Promise<Exercise> {
  const answer = await call("/exercises", "POST", { name, sets: 3, reps: 10, weight: 20, workout_day: "A", ...more });
  return (await answer.json()) as Exercise;
}

export async function bearer(username: string, password: string): Promise<Record<string, string>> {
  const answer = await call("/auth/login", "POST", { username, password });
  return { Authorization: `Bearer ${((await answer.json()) as { access_token: string }).access_token}` };
}

type Pluggable = "api" | "worker" | "redis";

/** Pull the plug of something: nothing is finished, nobody is told. */
export const kill = (what: Pluggable) => plug("kill", what);

/** Put it back, and wait until it is ready. */
export const start = (what: Pluggable) => plug("start", what);

async function plug(doing: "kill" | "start", what: Pluggable): Promise<void> {
  const answer = await fetch(`${process.env.SWITCH_URL ?? ""}/${doing}/${what}`, { method: "POST" });
  if (!answer.ok) throw new Error(`${doing} ${what}: ${answer.status}`);
}

export const row = (page: Page, name: string) => page.getByRole("button", { name: new RegExp(`^${name}\\s*,`) });
export const saved = (page: Page) => expect(page.getByRole("status").filter({ hasText: /^Saved$/ })).toBeVisible();

export async function logIn(page: Page, username: string, password: string): Promise<void> {
  await page.goto("/account");
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByText(`Logged in as ${username}`)).toBeVisible();
}

/** A number to type into, and not the buttons beside it. */
export const field = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });

/** On a phone the tools are folded away. */
export async function unfold(page: Page): Promise<void> {
  const fold = page.getByRole("button", { name: "Search and sort" });
  if (await fold.isVisible()) await fold.click();
}
