import type { Page } from "@playwright/test";
import { add, call, expect, field, kill, onServer, row, saved, start, test } from "./story.ts";

const AWAY = /status of 50[234]|ERR_(CONNECTION|INTERNET|EMPTY|ABORTED)|Failed to fetch/;
const LOST = /status of 412/;

async function weigh(page: Page, name: string, weight: string): Promise<void> {
  await row(page, name).click();
  await field(page, "Weight (kg)").fill(weight);
  await page.keyboard.press("Enter");
  await expect(row(page, name)).toContainText(`${weight} kg`);
}

test("the API dies in the middle of 20 edits, and has each of them once when it is back", async ({ page, unique, expectErrors }) => {
  expectErrors(AWAY, LOST);
  const names = Array.from({ length: 10 }, () => unique("Row"));
  for (const name of names) await add(name, { workout_day: "K" });
  await page.goto("/?day=K");
  for (const [at, name] of names.entries()) {
    if (at === 4) await kill("api");
    await weigh(page, name, String(50 + at));
    await page.getByRole("button", { name: "Add exercise to day K" }).click();
    await field(page, "Name").fill(`${name} new`);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(row(page, `${name} new`)).toBeVisible();
    await page.keyboard.press("Escape");
  }
  await expect(page.getByText(/Waiting for network \(\d+\)/)).toBeVisible();
  await start("api");
  await saved(page);
  const now = await onServer();
  for (const [at, name] of names.entries()) {
    expect(now.filter((one) => one.name === name)).toMatchObject([{ weight: 50 + at }]);
    expect(now.filter((one) => one.name === `${name} new`)).toHaveLength(1);
  }
});

test("what was done offline outlives a reload and is sent later", async ({ page, context, unique, expectErrors }) => {
  expectErrors(AWAY);
  const name = unique("Curl");
  await add(name, { workout_day: "A" });
  await page.goto("/");
  await expect(row(page, name)).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await context.setOffline(true);
  await weigh(page, name, "31");
  await expect(page.getByText("Waiting for network (1)")).toBeVisible();
  await page.reload();
  await expect(row(page, name)).toContainText("31 kg");
  expect((await onServer()).find((one) => one.name === name)?.weight).toBe(20);
  await context.setOffline(false);
  await saved(page);
  await expect.poll(async () => (await onServer()).find((one) => one.name === name)?.weight).toBe(31);
});

test("what else was opened in the tab is not taken for the app without a network", async ({ page, context, expectErrors }) => {
  expectErrors(AWAY);
  await page.goto("/");
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.goto("/icon.svg");
  await context.setOffline(true);
  await page.goto("/coach");
  await expect(page.getByRole("heading", { name: "Coach" })).toBeVisible();
  await context.setOffline(false);
});

test.describe("on a first visit", () => {
  test.use({ serviceWorkers: "block" }); // it has kept nothing yet

  test("a form that had not come when the network went is there when it is back", async ({ page, context, unique, expectErrors }) => {
    expectErrors(AWAY, /ERR_FAILED/);
    const name = unique("Sit-up");
    await add(name, { workout_day: "A" });
    await page.route(/exercise-form.*\.js/, (route) => route.abort());
    await page.goto("/");
    await expect(row(page, name)).toBeVisible();
    await context.setOffline(true);
    await row(page, name).click();
    await expect(row(page, name)).toBeHidden();
    await page.unroute(/exercise-form.*\.js/);
    await context.setOffline(false);
    await expect(field(page, "Reps")).toBeVisible();
  });
});

for (const choice of ["yours", "theirs"] as const) {
  test(`two tabs edit the same exercise: the second is told, and keeps ${choice}`, async ({ page, context, unique, expectErrors }) => {
    expectErrors(LOST);
    const name = unique("Press");
    const { id } = await add(name);
    const other = await context.newPage();
    for (const tab of [page, other]) {
      await tab.goto("/");
      await row(tab, name).click();
    }
    await field(page, "Weight (kg)").fill("41");
    await page.keyboard.press("Enter");
    await expect.poll(async () => (await onServer()).find((one) => one.id === id)?.weight).toBe(41);
    await field(other, "Reps").fill("6");
    await other.keyboard.press("Enter");
    await other.getByRole("button", { name: "Decide" }).click();
    await expect(other.getByRole("dialog")).toContainText("41 kg");
    await expect(other.getByRole("dialog")).toContainText("20 kg");
    await other.getByRole("button", { name: `Keep ${choice}` }).click();
    await saved(other);
    const expected = choice === "yours" ? { weight: 41, reps: 6 } : { weight: 41, reps: 10 };
    await expect.poll(async () => (await onServer()).find((one) => one.id === id)).toMatchObject(expected);
  });
}

test("an exercise deleted elsewhere while it was edited here can be added again", async ({ page, unique, expectErrors }) => {
  expectErrors(/status of 404/);
  const name = unique("Lunge");
  const { id } = await add(name);
  await page.goto("/");
  await row(page, name).click();
  await call(`/exercises/${id}`, "DELETE");
  await field(page, "Weight (kg)").fill("22");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Decide" }).click();
  await page.getByRole("button", { name: "Add it again" }).click();
  await saved(page);
  await expect.poll(async () => (await onServer()).filter((one) => one.name === name)).toMatchObject([{ weight: 22 }]);
});

test("what is being typed stays when the exercise is deleted in another tab", async ({ page, context, unique, expectErrors }) => {
  expectErrors(/status of 404/);
  const name = unique("Dip");
  await add(name, { workout_day: "L" });
  const other = await context.newPage();
  for (const tab of [page, other]) {
    await tab.goto("/");
    await row(tab, name).click();
  }
  await field(page, "Weight (kg)").fill("23");
  await other.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(row(other, name)).toBeHidden();
  await other.close();
  await expect.poll(async () => (await onServer()).filter((one) => one.name === name)).toEqual([]);
  await expect(field(page, "Weight (kg)")).toHaveValue("23");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Decide" }).click();
  await page.getByRole("button", { name: "Add it again" }).click();
  await saved(page);
  await expect.poll(async () => (await onServer()).filter((one) => one.name === name)).toMatchObject([{ weight: 23 }]);
});
