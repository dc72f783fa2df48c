import { readFile } from "node:fs/promises";
import { expect, field, logIn, row, saved, test, unfold } from "./story.ts";

// Told where somebody has installed all of it: everybody logs in, and one admin is there.
const ADMIN = process.env.ADMIN_PASSWORD ?? "admin123";
const STRANGER = /status of 40[13]/;

test("whoever has installed it logs in, trains, asks the coach and sees that all is well", async ({
  page,
  unique,
  expectErrors,
}) => {
  expectErrors(STRANGER);
  const name = unique("Bench Press");
  await page.goto("/");
  await expect(page.getByText("This tracker asks for a login")).toBeVisible();
  await logIn(page, "admin", ADMIN);

  await page.getByRole("link", { name: "Routine", exact: true }).click();
  await page.getByRole("main").getByRole("button", { name: "Add exercise" }).last().click();
  await field(page, "Name").fill(name);
  await field(page, "Weight (kg)").fill("80");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.keyboard.press("Escape");
  await expect(row(page, name)).toContainText("80 kg");
  await row(page, name).getByText("80 kg").click();
  await field(page, "Weight (kg)").fill("82,5");
  await page.keyboard.press("Enter");
  await expect(row(page, name)).toContainText("82.5 kg");
  await saved(page);

  await unfold(page);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export CSV" }).click()]);
  expect(await readFile(await download.path(), "utf8")).toContain(`${name},`);

  await page.getByRole("link", { name: "Coach" }).click();
  await field(page, "Your question").fill("How long should I rest between sets?");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("list", { name: "Conversation" })).toContainText(/minutes|seconds/);

  await page.getByRole("link", { name: "Status", exact: true }).click();
  await expect(page.getByText("It answers, and its database holds")).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText("Not working");
  await expect(page.getByRole("main")).not.toContainText("It cannot");
});
