import type { Page } from "@playwright/test";
import { call, bearer, expect, kill, logIn, start, test } from "./story.ts";

const AWAY = /status of 50[234]/;
const TAKEN = /status of 409/;
const LATER = 40_000; // more than a job may wait before it is said to

const task = (page: Page, name: string) => page.getByRole("table", { name: "Jobs" }).getByRole("row").filter({ hasText: name });
const service = (page: Page, name: string) => page.getByRole("listitem").filter({ has: page.getByRole("heading", { name }) });
const startTask = (page: Page, name: string) => page.getByRole("button", { name: `Start ${name}` }).click();

test("an admin starts a task, and sees what became of it", async ({ page }) => {
  await logIn(page, "admin", "admin123");
  await page.getByRole("link", { name: "Admin" }).click();
  await startTask(page, "Refresh exercises");
  await expect(page.getByText("Refresh exercises: Done.")).toBeVisible();
  await expect(task(page, "Refresh exercises")).toContainText(/Done · \d+ exercises? refreshed/);
  await expect(task(page, "Refresh exercises")).toContainText("by hand");
  await page.getByText("Last runs", { exact: true }).click();
  await expect(page.getByRole("table", { name: "Last runs" })).toContainText("Refresh exercises");
  await page.goto("/status");
  await expect(service(page, "Worker")).toContainText("Working");
  await expect(service(page, "Worker")).toContainText(/Its last run ended .*: Refresh exercises\./);
});

test("a job waits while the worker is away, and the pages say so until it is back", async ({ page, expectErrors }) => {
  expectErrors(TAKEN);
  await page.clock.install();
  await logIn(page, "admin", "admin123");
  await kill("worker");
  await page.getByRole("link", { name: "Admin" }).click();
  await startTask(page, "Clean up");
  await expect(task(page, "Clean up")).toContainText("Waits");
  await expect(page.getByText("Clean up was handed to the worker.")).toBeVisible();
  await startTask(page, "Clean up");
  await expect(page.getByText("Clean up is running already, or waits to be.")).toBeVisible();
  await page.getByRole("link", { name: "Status" }).click();
  await expect(service(page, "Worker")).toContainText("Clean up waits for it.");
  await page.clock.fastForward(LATER);
  await expect(service(page, "Worker")).toContainText("Not working");
  await expect(service(page, "Worker")).toContainText("Clean up has been waiting, and nothing takes it up.");
  await start("worker");
  await expect(service(page, "Worker")).toContainText(/Its last run ended .*: Clean up\./);
  await page.getByRole("link", { name: "Admin" }).click();
  await expect(task(page, "Clean up")).toContainText(/Done · \d+ keys? deleted/);
});

test("without its queue the worker is said not to work, and everything else is", async ({ page, expectErrors }) => {
  expectErrors(AWAY);
  await logIn(page, "admin", "admin123");
  await kill("redis");
  await page.goto("/status");
  await expect(service(page, "Worker")).toContainText("Not working");
  await expect(service(page, "Worker")).toContainText("Its queue cannot be reached");
  await expect(service(page, "Workout API")).toContainText("It answers");
  await page.goto("/admin");
  await expect(page.getByRole("alert")).toContainText("The queue of jobs cannot be reached");
  await start("redis");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(task(page, "Refresh exercises")).toBeVisible();
});

test("who is no admin is told that admins see it, and asks for nothing", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await logIn(page, "user", "user123");
  await page.goto("/status");
  await expect(service(page, "Worker")).toContainText("Admins see what it does.");
  expect(asked.filter((url) => url.includes("/admin/"))).toEqual([]);
  await expect(call("/admin/jobs", "GET", undefined, await bearer("user", "user123"))).rejects.toThrow("403");
});
