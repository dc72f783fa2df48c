import { add, expect, field, onServer, row, saved, test } from "./story.ts";

test("by keyboard alone: search, walk, edit, add, leave", async ({ page, unique }) => {
  const name = unique("Kneeling Row");
  await add(name);
  await page.goto("/");
  await expect(row(page, name)).toBeVisible();
  await page.keyboard.press("/");
  const isPhone = await page.getByRole("button", { name: "Search and sort" }).isVisible();
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type(name);
  await expect(page).toHaveURL(/q=Kneeling/);
  await expect(page.locator("[data-row]")).toHaveCount(1);
  if (!isPhone) await page.reload();
  await row(page, name).focus();
  await page.keyboard.press("Enter");
  await expect(field(page, "Sets")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(row(page, name)).toContainText("4×10");
  await expect(row(page, name)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(field(page, "Sets")).toBeFocused();
  await page.keyboard.type("9");
  await page.keyboard.press("Escape");
  await expect(row(page, name)).toContainText("4×10");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.keyboard.press("n");
  await expect(field(page, "Name")).toBeFocused();
  await saved(page);
  expect((await onServer()).find((one) => one.name === name)?.sets).toBe(4);
});

test("the line in focus never hides behind what is fixed to the foot of the page", async ({ page, isMobile }) => {
  await page.goto("/?day=A");
  await page.locator("[data-row]").first().focus();
  const foot = isMobile ? (await page.getByRole("navigation", { name: "Main" }).boundingBox())?.y : page.viewportSize()?.height;
  for (let line = 0; line < 8; line += 1) {
    await page.keyboard.press("ArrowDown");
    const box = await page.locator("[data-row]:focus").boundingBox();
    expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual(foot ?? 0);
  }
});

test("nothing is said to be saved to whoever has changed nothing", async ({ page, unique }) => {
  const name = unique("Good Morning");
  await add(name);
  await page.goto("/");
  await row(page, name).click();
  await expect(page.getByText("Saved", { exact: true })).toBeHidden();
  await field(page, "Reps").fill("7");
  await page.keyboard.press("Enter");
  await saved(page);
});

test("moving, duplicating, deleting with undo, deleting for good", async ({ page, unique }) => {
  const name = unique("Shrug");
  await add(name);
  await page.goto("/");
  await row(page, name).click();
  await page.getByLabel("Day", { exact: true }).fill("M");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Day M" })).toContainText(name);
  await row(page, name).click();
  await page.getByRole("button", { name: "Duplicate" }).click();
  await expect(row(page, name)).toHaveCount(2);
  await row(page, name).first().click();
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(row(page, name)).toHaveCount(1);
  await expect(row(page, name)).toBeFocused(); // the line beside the one that has gone
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row(page, name)).toHaveCount(2);
  await expect(row(page, name).first()).toBeFocused();
  await row(page, name).first().click();
  await page.getByRole("button", { name: "Delete" }).click();
  await expect.poll(async () => (await onServer()).filter((one) => one.name === name).length, { timeout: 20_000 }).toBe(1);
});

test("weights come back as they were typed, in pounds and with a decimal comma", async ({ page, unique }) => {
  const name = unique("Front Squat");
  await add(name);
  await page.goto("/account");
  await page.getByLabel("Pounds").check();
  await page.goto("/");
  await row(page, name).click();
  await field(page, "Weight (lb)").fill("185");
  await page.keyboard.press("Enter");
  await expect(row(page, name)).toContainText("185 lb");
  await saved(page);
  await page.reload();
  await expect(row(page, name)).toContainText("185 lb");
  await page.goto("/account");
  await page.getByLabel("Kilograms").check();
  await page.goto("/");
  await row(page, name).click();
  await field(page, "Weight (kg)").fill("82,5");
  await page.keyboard.press("Enter");
  await saved(page);
  await expect.poll(async () => (await onServer()).find((one) => one.name === name)?.weight).toBe(82.5);
});

test("the unit is changed where the weights are, also while one is typed", async ({ page, context, unique }) => {
  const name = unique("Goblet Squat");
  await add(name, { weight: 100 });
  await page.goto("/");
  const other = await context.newPage();
  await other.goto("/account");
  await row(page, name).click();
  await field(page, "Weight (kg)").fill("50");
  await page.getByRole("radio", { name: "Kilograms" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText(/[\d,] lb a week$/)).toBeVisible();
  await expect(other.getByLabel("Pounds")).toBeChecked();
  await expect(field(page, "Weight (lb)")).toHaveValue("110.23");
  await other.getByLabel("Kilograms").check();
  await expect(field(page, "Weight (kg)")).toHaveValue("50");
  await field(page, "Weight (kg)").press("Enter");
  await expect(row(page, name)).toContainText("50 kg");
  await saved(page);
  await page.getByText("lb", { exact: true }).click();
  await expect(row(page, name)).toContainText("110.23 lb");
});

test("a hold is counted in seconds, and the form says where they go", async ({ page, unique }) => {
  const day = unique("H"); // of ten characters at most
  await add("Side Plank", { reps: 45, weight: null, workout_day: day });
  await page.goto(`/?day=${encodeURIComponent(day)}`);
  const line = page.getByRole("region", { name: `Day ${day}` }).locator("[data-row]");
  await expect(line).toContainText("3×45 s");
  await line.click();
  await expect(field(page, "Reps")).toHaveAccessibleDescription("or seconds for a hold");
});

test("what is wrong in a form is said beside it, and nothing typed is lost", async ({ page, unique }) => {
  const name = unique("Dip");
  await add(name);
  await page.goto("/");
  await row(page, name).click();
  await field(page, "Reps").fill("many");
  await page.keyboard.press("Enter");
  await expect(page.getByText("A whole number from 1 to 1000.")).toBeVisible();
  await expect(field(page, "Reps")).toHaveValue("many");
  await field(page, "Weight (kg)").fill("1.250,5");
  await page.keyboard.press("Enter");
  await expect(field(page, "Weight (kg)")).toHaveAccessibleDescription(/no mark for thousands/);
});

/** As somebody would who has found a way to put text of theirs into the page. */
const INJECT = `{
  const script = document.createElement("script");
  script.textContent = "globalThis.injected = true";
  document.head.append(script);
}`;

test("a script that was put into the page does not run", async ({ page, expectErrors }) => {
  expectErrors(/Content Security Policy/);
  await page.goto("/");
  await page.evaluate(INJECT);
  expect(await page.evaluate("globalThis.injected")).toBeUndefined();
});

test.fail("a story in which the policy is broken fails, as every story would", async ({ page }) => {
  await page.goto("/");
  await page.evaluate(INJECT);
});

test("a new exercise is offered the day on show, and else the day of the one before", async ({ page, unique }) => {
  const names = [unique("Hack Squat"), unique("Step-Up")] as const;
  await add(unique("Sissy Squat"), { workout_day: "Legs" });
  await page.goto("/");
  await page.getByRole("navigation", { name: "Days" }).getByRole("link", { name: "Legs" }).click();
  for (const name of names) {
    await page.getByRole("button", { name: "Add exercise", exact: true }).first().click();
    await expect(page.getByLabel("Day", { exact: true })).toHaveValue("Legs");
    await page.getByLabel("Name").fill(name);
    await page.keyboard.press("Enter");
    await expect(row(page, name)).toBeVisible();
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("navigation", { name: "Days" }).getByRole("link", { name: "All" }).click();
  }
  await saved(page);
});

test("a day's exercises are typed one after another, in a form that stays until it is left", async ({ page, unique }) => {
  const names = ["Push", "Drag", "Row"].map((name) => unique(`Sled ${name}`));
  await add(unique("Box Jump"), { workout_day: "Sled" });
  await page.goto("/?day=Sled");
  await page.getByRole("button", { name: "Add exercise to day Sled" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Cancel" })).toBeVisible();
  for (const name of names) {
    await expect(field(page, "Name")).toBeFocused();
    await page.keyboard.type(name);
    for (let times = 0; times < 3; times += 1) await page.keyboard.press("Tab");
    await page.keyboard.type("40");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("status").filter({ hasText: `Added ${name}` })).toBeVisible();
    await expect(field(page, "Weight (kg)")).toHaveValue("");
    await expect(page.getByLabel("Day", { exact: true })).toHaveValue("Sled");
  }
  await page.keyboard.press("Escape");
  await expect(page.getByRole("form")).toBeHidden();
  await expect(page.getByRole("button", { name: "Add exercise to day Sled" })).toBeFocused();
  for (const name of names) await expect(row(page, name)).toHaveCount(1);
  await saved(page);
});
