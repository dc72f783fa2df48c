import type { Page } from "@playwright/test";
import { expect, field, onServer, row, saved, test } from "./story.ts";

const WAYS: Record<string, (page: Page) => Promise<void>> = {
  "Enter held down": async (page) => {
    for (let times = 0; times < 12; times += 1) await page.keyboard.down("Enter");
    await page.keyboard.up("Enter");
  },
  "a double click": (page) => page.getByRole("button", { name: "Add", exact: true }).dblclick(),
  "two presses before the page has moved": (page) =>
    page.getByRole("form", { name: "New exercise" }).evaluate((form: HTMLFormElement) => {
      form.requestSubmit();
      form.requestSubmit();
    }),
};

for (const [how, press] of Object.entries(WAYS)) {
  test(`${how}: an exercise is added once`, async ({ page, unique }) => {
    const name = unique("Once");
    await page.goto("/");
    await page.getByRole("main").getByRole("button", { name: "Add exercise" }).first().click();
    await field(page, "Name").fill(name);
    await press(page);
    await expect(row(page, name).first()).toBeVisible();
    await saved(page);
    await expect(row(page, name)).toHaveCount(1);
    await expect(field(page, "Name")).toHaveValue("");
    await expect(field(page, "Name")).toBeFocused();
    await expect(page.getByRole("form").getByRole("alert")).toBeHidden();
    expect((await onServer()).filter((one) => one.name === name)).toHaveLength(1);
  });
}
