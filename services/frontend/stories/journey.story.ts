import { readFile } from "node:fs/promises";
import type { Page, TestInfo } from "@playwright/test";
import { expect, field, onServer, row, saved, test } from "./story.ts";

const SCREENSHOTS = process.env.SCREENSHOTS; // a folder: keeps what the README shows

async function picture(page: Page, info: TestInfo, name: string): Promise<void> {
  if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/${name}-${info.project.name}.png`, animations: "disabled" });
}

test("somebody without instructions adds, edits, asks for a session, takes from it and exports", async ({ page, unique }, info) => {
  const name = SCREENSHOTS ? "Dumbbell Split Squat" : unique("Dumbbell Split Squat");
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Day A" })).toBeVisible();
  await picture(page, info, "routine");

  await page.getByRole("button", { name: "Add exercise", exact: true }).click();
  await page.getByLabel("Name").fill(name);
  await field(page, "Weight (kg)").fill("24");
  await picture(page, info, "1-add-an-exercise");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(row(page, name)).toContainText("24 kg");
  await page.getByRole("button", { name: "Done" }).click();
  await saved(page);

  await row(page, name).getByText("24 kg").click();
  await expect(field(page, "Weight (kg)")).toBeFocused();
  await field(page, "Weight (kg)").fill("27,5");
  await page.keyboard.press("Enter");
  await expect(row(page, name)).toContainText("27.5 kg");
  await saved(page);
  await picture(page, info, "2-edit-its-weight");
  expect((await onServer()).find((one) => one.name === name)).toMatchObject({ weight: 27.5, workout_day: "A" });

  await page.getByRole("link", { name: "Coach" }).click();
  await page.getByRole("link", { name: "Plan a session" }).click();
  await page.getByLabel("Focus").selectOption("Legs");
  await field(page, "Minutes").fill("45");
  for (const thing of ["Barbell", "Cables"]) await page.getByLabel(thing, { exact: true }).uncheck();
  await page.getByRole("button", { name: "Plan a session" }).click();
  const adds = page.getByRole("button", { name: /^Add .* to the routine$/ });
  await expect(adds.first()).toBeVisible();
  await picture(page, info, "3-ask-for-a-session");
  const taken: string[] = [];
  for (let at = 0; at < 2; at += 1) {
    taken.push(/^Add (.*) to the routine$/.exec((await adds.first().getAttribute("aria-label")) ?? "")?.[1] ?? "");
    await adds.first().click();
  }
  await expect(page.getByText("Added", { exact: true })).toHaveCount(2);
  await saved(page);
  await picture(page, info, "4-take-two-exercises");

  await page.getByRole("link", { name: "Routine", exact: true }).click();
  for (const one of taken) await expect(row(page, one).first()).toBeVisible();
  const tools = page.getByRole("button", { name: "Search and sort" });
  if (await tools.isVisible()) await tools.click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export CSV" }).click(),
  ]);
  await picture(page, info, "5-export");
  const csv = await readFile(await download.path(), "utf8");
  expect(download.suggestedFilename()).toBe("exercises.csv");
  expect(csv.split("\r\n")[0]).toBe("id,name,sets,reps,weight,workout_day");
  for (const one of [name, ...taken]) expect(csv).toContain(one);
});
