import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { bearer, call, expect, field, logIn, row, test, unfold } from "./story.ts";

const DENIED = /status of 4(0[134]|12)/;
const PASSWORD = "a long sentence";

async function person(): Promise<string> {
  const username = `l-${randomUUID().slice(0, 12)}`;
  await call("/admin/users", "POST", { username, password: PASSWORD }, await bearer("admin", "admin123"));
  return username;
}

async function withExercise(name: string): Promise<string> {
  const username = await person();
  await call("/exercises", "POST", { name, sets: 3, reps: 10, weight: 20, workout_day: "A" }, await bearer(username, PASSWORD));
  return username;
}

/** All that a page has kept, and what it shows. */
const left = (page: Page) =>
  page.evaluate(() => [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.documentElement.outerHTML].join("\n"));

const endAll = async (username: string) => call("/auth/logout?all=true", "POST", undefined, await bearer(username, PASSWORD));

const to = (page: Page, name: string) => page.getByRole("link", { name, exact: true }).click();

async function logOut(page: Page): Promise<void> {
  await to(page, "Account");
  await page.getByRole("button", { name: "Log out", exact: true }).click();
  await expect(page.getByText("You are not logged in")).toBeVisible();
}

/** In the page as it stands: nothing is loaded anew. */
async function next(page: Page, username: string): Promise<void> {
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByText(`Logged in as ${username}`)).toBeVisible();
}

async function telling(page: Page, secret: string): Promise<void> {
  await to(page, "Coach");
  await field(page, "Your question").fill(secret);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Send" })).toBeVisible();
}

test("whoever logs out leaves nothing behind", async ({ page, expectErrors }) => {
  expectErrors(DENIED);
  const username = await withExercise("Secret squat");
  await logIn(page, username, PASSWORD);
  await to(page, "Routine");
  await expect(row(page, "Secret squat")).toBeVisible();
  await telling(page, "My secret is a sore knee");
  await logOut(page);
  const kept = await left(page);
  expect(kept).not.toContain("ecret");
  expect(kept).not.toContain(username);
});

test("so does whoever goes on without a session that has ended", async ({ page, expectErrors }) => {
  expectErrors(DENIED);
  const username = await withExercise("Secret squat");
  await logIn(page, username, PASSWORD);
  await to(page, "Routine");
  await expect(row(page, "Secret squat")).toBeVisible();
  await endAll(username);
  await page.reload();
  await page.getByRole("button", { name: "Go on without logging in" }).click();
  await expect(page.getByText("This tracker asks for a login")).toBeVisible();
  expect(await left(page)).not.toContain("ecret");
});

test("the next person sees nothing of the one before, and undoes nothing of theirs", async ({ page, expectErrors }) => {
  expectErrors(DENIED);
  const [one, other] = [await withExercise("Secret squat"), await withExercise("Open press")];
  await logIn(page, one, PASSWORD);
  await to(page, "Routine");
  await row(page, "Secret squat").click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page.getByRole("button", { name: "Undo" })).toBeVisible();
  await logOut(page);
  await next(page, other);
  await expect(page.getByRole("button", { name: "Undo" })).toBeHidden({ timeout: 2_000 });
  await to(page, "Routine");
  await expect(row(page, "Open press")).toBeVisible();
  expect(await page.locator("body").innerText()).not.toContain("ecret");
});

test("somebody else who logs in where a session has ended begins anew", async ({ page, expectErrors }) => {
  expectErrors(DENIED);
  const [one, other] = [await withExercise("Secret squat"), await withExercise("Open press")];
  await logIn(page, one, PASSWORD);
  await to(page, "Routine");
  await page.getByRole("main").getByRole("button", { name: "Add exercise" }).first().click();
  await field(page, "Name").fill("Secret draft");
  await endAll(one);
  await unfold(page);
  await page.getByRole("main").getByRole("button", { name: /Export/ }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Username").fill(other, { timeout: 40_000 });
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Log in" }).click();
  await expect(row(page, "Open press")).toBeVisible();
  await expect(field(page, "Name")).toBeHidden();
  expect(await left(page)).not.toContain("ecret");
});

test("what one person could not send is nothing for the next", async ({ page, expectErrors }) => {
  expectErrors(DENIED);
  const [one, other] = [await withExercise("Secret squat"), await withExercise("Open press")];
  await logIn(page, one, PASSWORD);
  await to(page, "Routine");
  await row(page, "Secret squat").click();
  const { items } = (await (await call("/exercises", "GET", undefined, await bearer(one, PASSWORD))).json()) as { items: { id: number }[] };
  await call(`/exercises/${items[0]?.id}`, "PATCH", { weight: 99 }, await bearer(one, PASSWORD));
  await field(page, "Reps").fill("6");
  await page.keyboard.press("Enter");
  await expect(page.getByText("1 change needs you")).toBeVisible();
  await logOut(page);
  await next(page, other);
  await expect(page.getByText("needs you")).toBeHidden();
  await expect(page.getByText("Saved", { exact: true })).toBeHidden();
  await expect(page.getByText("not saved yet")).toBeHidden();
  await logOut(page);
  await next(page, one);
  await expect(page.getByText("1 change needs you")).toBeVisible();
});
