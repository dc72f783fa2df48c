import type { Locator, Page } from "@playwright/test";
import { call, expect, field, onServer, row, test } from "./story.ts";

const EXERCISES = 1000;
const AT_ONCE = 8;
const LIMIT = 100; // milliseconds from the touch of a key to the picture that answers it
const TRIES = 5; // the best counts: what else the machine does is not the page's doing
const NAMES = ["Bench Press", "Back Squat", "Lat Pulldown", "Overhead Press", "Barbell Curl", "Plank", "Deadlift", "Dips"];

async function fill(): Promise<void> {
  const missing = EXERCISES - (await onServer()).length;
  const left = Array.from({ length: missing }, (_, at) => at);
  const add = async () => {
    for (let at = left.pop(); at !== undefined; at = left.pop()) {
      const name = `${NAMES[at % NAMES.length] ?? ""} ${at}`;
      await call("/exercises", "POST", { name, sets: 1 + (at % 5), reps: 5, weight: at / 2, workout_day: "ABCDE"[at % 5] });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, add));
}

/** As the browser itself measures what people feel (Event Timing): the longest event since the last question. */
const WATCH = `globalThis.longest = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (entry.interactionId) globalThis.longest = Math.max(globalThis.longest, entry.duration);
}).observe({ type: "event", durationThreshold: 16 });`;

/** Two frames later the picture is there, and an observer has been told of it at the end of the next task. */
const SETTLED = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => {
  const longest = globalThis.longest;
  globalThis.longest = 0;
  done(longest);
}, 30))))`;

async function best(page: Page, act: () => Promise<unknown>, undo?: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let at = 0; at < TRIES && least > LIMIT / 2; at += 1) {
    await page.evaluate(SETTLED);
    await act();
    least = Math.min(least, await page.evaluate<number>(SETTLED));
    await undo?.();
  }
  return least;
}

/** A choice in a list made as by keyboard: the browser's own list is no part of the page. */
async function choose(select: Locator, page: Page): Promise<void> {
  await select.focus();
  await page.keyboard.press("ArrowDown");
}

test(`with ${EXERCISES} exercises, everything answers at once`, async ({ page }) => {
  test.setTimeout(240_000);
  await fill();
  await page.addInitScript(WATCH);
  await page.goto("/?sort=name");
  await expect(page.getByText(/^1,000 exercises over/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("heading", { name: "Sets a week per muscle" })).toBeVisible();
  const took: Record<string, number> = {};
  const search = page.getByRole("searchbox");
  await search.focus();
  took["type in search"] = await best(page, () => page.keyboard.press("p"), () => page.keyboard.press("Backspace"));
  await search.fill("p");
  took["empty the search"] = await best(page, () => page.keyboard.press("Backspace"), () => page.keyboard.press("p"));
  await search.fill("");
  const [sort, muscle] = [page.getByLabel("Sort by"), page.getByLabel("Muscle group")];
  took["sort"] = await best(page, () => choose(sort, page), () => sort.selectOption("id"));
  took["filter by muscle"] = await best(page, () => choose(muscle, page), () => muscle.selectOption(""));
  const tab = (name: string) => page.getByRole("navigation", { name: "Days" }).getByRole("link", { name, exact: true });
  took["change the day"] = await best(page, () => tab("B").click(), () => tab("All").click());
  took["show more"] = await best(page, () => page.getByRole("button", { name: /^Show \d+ more/ }).first().click());
  const cancel = () => page.getByRole("button", { name: "Cancel" }).click();
  took["open an exercise"] = await best(page, () => row(page, "Bench Press").click(), cancel);
  await row(page, "Bench Press").click();
  await field(page, "Weight (kg)").focus();
  took["type a weight"] = await best(page, () => page.keyboard.press("1"));
  await field(page, "Weight (kg)").fill("77");
  const save = () => page.keyboard.press("Enter");
  took["save a weight"] = await best(page, save, async () => {
    await row(page, "Bench Press").click();
    await field(page, "Weight (kg)").focus();
    await page.keyboard.press("ArrowUp");
  });
  console.log(Object.entries(took).map(([what, milliseconds]) => `${what}: ${milliseconds} ms`).join("\n"));
  expect(Object.entries(took).filter(([, milliseconds]) => milliseconds >= LIMIT)).toEqual([]);
});
