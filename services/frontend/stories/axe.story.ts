import type { Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { add, expect, field, logIn, row, test } from "./story.ts";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(source);
  const run = "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)";
  const found = await page.evaluate<Violation[]>(run);
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

const open: Record<string, (page: Page) => Promise<void>> = {
  routine: async (page) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "Sets a week per muscle" })).toBeVisible();
  },
  "routine as table": async (page) => {
    await page.goto("/");
    await page.getByRole("button", { name: "Show as table" }).click();
  },
  "routine, editing": async (page) => {
    await page.goto("/");
    await row(page, "Bench Press").click();
    await expect(page.getByRole("form", { name: "Edit Bench Press" })).toBeVisible();
  },
  "routine, a mistake in the form": async (page) => {
    await page.goto("/");
    await page.getByRole("button", { name: "Add exercise", exact: true }).click();
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByRole("alert")).toBeVisible();
  },
  "routine, nothing found": async (page) => {
    await page.goto("/?q=no+such+thing");
    await expect(page.getByText("Nothing matches")).toBeVisible();
  },
  shortcuts: async (page) => {
    await page.goto("/");
    await expect(row(page, "Bench Press")).toBeVisible();
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog")).toBeVisible();
  },
  "chat, before": async (page) => page.goto("/coach").then(() => undefined),
  "chat, after": async (page) => {
    await page.goto("/coach");
    await page.getByRole("button", { name: "What should I add for a balanced routine?" }).click();
    await expect(page.getByText(/saw your routine/)).toBeVisible();
  },
  plan: async (page) => {
    await page.goto("/coach?view=plan");
    await page.getByRole("button", { name: "Plan a session" }).click();
    await expect(page.getByRole("button", { name: /^Add .* to the routine$/ }).first()).toBeVisible();
  },
  analysis: async (page) => {
    await page.goto("/coach?view=analysis");
    await page.getByRole("button", { name: "Analyse my routine" }).click();
    await expect(page.getByRole("img", { name: /^Balance/ })).toBeVisible();
  },
  status: async (page) => {
    await page.goto("/status");
    await expect(page.getByText("Working").first()).toBeVisible();
  },
  "account, anonymous": async (page) => page.goto("/account").then(() => undefined),
  "account, logged in": async (page) => logIn(page, "user", "user123"),
  admin: async (page) => {
    await logIn(page, "admin", "admin123");
    await page.getByRole("link", { name: "Admin" }).click();
    await page.getByRole("button", { name: "Add user" }).click();
    await expect(page.getByRole("heading", { name: "Exercises of all routines" })).toBeVisible();
  },
  "admin, after a job": async (page) => {
    await logIn(page, "admin", "admin123");
    await page.getByRole("link", { name: "Admin" }).click();
    await page.getByRole("button", { name: "Start Clean up" }).click();
    await expect(page.getByText(/^Done/).first()).toBeVisible();
    await page.getByText("Last runs", { exact: true }).click();
  },
  "status, for an admin": async (page) => {
    await logIn(page, "admin", "admin123");
    await page.getByRole("link", { name: "Status" }).click();
    await expect(page.getByText(/No job has run yet|Its last run ended/)).toBeVisible();
  },
  "no such page": async (page) => page.goto("/nowhere").then(() => undefined),
};

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, reducedMotion: "reduce" } as object);
    for (const [name, go] of Object.entries(open)) {
      test(`${name}: nothing for axe to find, nothing that scrolls sideways`, async ({ page }) => {
        await go(page);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        expect(await violations(page)).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
      });
    }
  });
}

test("the narrowest phone scrolls no page sideways", async ({ page }) => {
  await add("A movement with a rather long name, done slowly on one leg", { weight: 1234.5 });
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of ["/", "/coach", "/coach?view=plan", "/account", "/status"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
  }
});

test("on the narrowest phone, what was done can be undone and a form holds its fields", async ({ page }) => {
  const name = "A movement whose name is far too long for one line, with dumbbells";
  await add(name, { workout_day: "A" });
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/");
  const width = (await row(page, name).getByText(name).boundingBox())?.width;
  expect(width).toBeGreaterThan(200);
  await row(page, name).click();
  for (const box of await page.getByRole("form").locator("input").all()) {
    expect(await box.evaluate((input) => (input.parentElement?.scrollWidth ?? 0) - (input.parentElement?.clientWidth ?? 0))).toBe(0);
  }
  await field(page, "Reps").fill("12");
  await page.keyboard.press("Enter");
  const undo = await page.getByRole("button", { name: "Undo" }).boundingBox();
  expect(undo && undo.x + undo.width).toBeLessThanOrEqual(320);
});
