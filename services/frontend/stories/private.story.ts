import { randomUUID } from "node:crypto";
import { bearer, call, expect, field, logIn, onServer, row, saved, test } from "./story.ts";

const DENIED = /status of 40[13]/;

async function person(): Promise<[string, string]> {
  const username = `p-${randomUUID().slice(0, 12)}`;
  await call("/admin/users", "POST", { username, password: "a long sentence" }, await bearer("admin", "admin123"));
  return [username, "a long sentence"];
}

test("a stranger is asked to log in, on the page itself", async ({ page, expectErrors }) => {
  expectErrors(DENIED);
  const [username, password] = await person();
  await page.goto("/");
  await expect(page.getByText("This tracker asks for a login")).toBeVisible();
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password").fill("wrong password");
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByText("Incorrect username or password")).toBeVisible();
  await expect(page.getByText("Reference")).toBeHidden();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByText("No exercises yet")).toBeVisible();
  await page.reload();
  await expect(page.getByText("No exercises yet")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add exercise" })).toHaveCount(1);
});

test("a stranger can ask for a plan, and is to log in before taking from it", async ({ page, expectErrors }) => {
  expectErrors(DENIED);
  await page.goto("/coach?view=plan");
  await expect(page.getByText("Log in before you plan")).toBeVisible();
  await page.getByRole("button", { name: "Plan a session" }).click();
  await expect(page.getByRole("article")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Add .* to the routine$/ })).toHaveCount(0);
  await page.getByRole("main").getByRole("link", { name: "Log in" }).click();
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
});

test("a session that has ended takes nothing that was typed", async ({ page, expectErrors }) => {
  expectErrors(DENIED);
  const [username, password] = await person();
  await logIn(page, username, password);
  await page.getByRole("link", { name: "Routine", exact: true }).click();
  await page.getByRole("main").getByRole("button", { name: "Add exercise" }).last().click();
  await field(page, "Name").fill("Typed before the end");
  await call("/auth/logout?all=true", "POST", undefined, await bearer(username, password));
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("dialog")).toContainText("Nothing you typed is lost", { timeout: 30_000 });
  await page.getByLabel("Password").fill(password);
  await page.getByRole("dialog").getByRole("button", { name: "Log in" }).click();
  await expect(row(page, "Typed before the end")).toBeVisible();
  await saved(page);
  const headers = await bearer(username, password);
  await expect.poll(async () => (await onServer(headers)).map((one) => one.name)).toEqual(["Typed before the end"]);
});

test("two tabs are logged in and out together", async ({ page, context, expectErrors }) => {
  expectErrors(DENIED);
  const [username, password] = await person();
  const other = await context.newPage();
  await other.goto("/account");
  await logIn(page, username, password);
  await expect(other.getByText(`Logged in as ${username}`)).toBeVisible();
  await other.getByRole("button", { name: "Log out everywhere" }).click();
  await expect(page.getByText("You are not logged in")).toBeVisible();
});

test("what was said to the coach goes with whoever said it", async ({ page, context, expectErrors }) => {
  expectErrors(DENIED);
  const [username, password] = await person();
  await logIn(page, username, password);
  await page.getByRole("link", { name: "Coach" }).click();
  await field(page, "Your question").fill("My secret is a sore knee");
  await page.keyboard.press("Enter");
  await expect(page.getByText("My secret is a sore knee")).toBeVisible();
  const other = await context.newPage();
  await other.goto("/account");
  await other.getByRole("button", { name: "Log out everywhere" }).click();
  await expect(page.getByText("My secret is a sore knee")).toBeHidden();
  expect(await page.evaluate(() => sessionStorage.getItem("workout.conversation"))).not.toContain("secret");
});

test("a changed password is the one that counts", async ({ page }) => {
  const [username, password] = await person();
  await logIn(page, username, password);
  await page.getByLabel("Current password").fill(password);
  await page.getByLabel("New password").fill("another long sentence");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed.")).toBeVisible();
  await bearer(username, "another long sentence");
});

test("an admin adds somebody, changes their role and disables them", async ({ page }) => {
  const username = `n-${randomUUID().slice(0, 8)}`;
  await logIn(page, "admin", "admin123");
  await page.getByRole("link", { name: "Admin" }).click();
  await page.getByRole("button", { name: "Add user" }).click();
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password").fill("a long sentence");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByLabel(`Role of ${username}`).selectOption("readonly");
  await page.getByRole("button", { name: `Disable ${username}` }).click();
  await expect(page.getByRole("button", { name: `Enable ${username}` })).toBeVisible();
  await expect(page.getByLabel(`Role of ${username}`)).toHaveValue("readonly");
});

test("what stops without an account of the product's own is said before it is disabled", async ({ page }) => {
  await logIn(page, "admin", "admin123");
  await page.getByRole("link", { name: "Admin" }).click();
  const disable = page.getByRole("button", { name: "Disable worker", exact: true });
  await disable.click();
  await expect(page.getByRole("alert")).toContainText("its refresh fails");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("alert")).toBeHidden();
  await disable.click();
  await page.getByRole("button", { name: "Disable anyway" }).click();
  await page.getByRole("button", { name: "Enable worker", exact: true }).click();
  await expect(disable).toBeVisible();
});

test("a wrong current password is said at its field, and the right one changes it", async ({ page, expectErrors }) => {
  expectErrors(DENIED);
  const [username, password] = await person();
  await logIn(page, username, password);
  const current = page.getByLabel("Current password");
  await current.fill("not a long sentence");
  await page.getByLabel("New password").fill("a longer sentence");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(current).toHaveAccessibleDescription("This is not your current password.");
  await expect(current).toBeFocused();
  await current.fill(password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Your password is changed.")).toBeVisible();
});
