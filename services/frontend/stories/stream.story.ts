import { expect, field, test } from "./story.ts";

test("an answer can be read while it is written, and stopped", async ({ page }) => {
  await page.goto("/coach");
  await field(page, "Your question").fill("How long should I rest?");
  await page.keyboard.press("Enter");
  const talk = page.getByRole("list", { name: "Conversation" });
  await expect(talk).toContainText("Sentence 3 of");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(talk).toContainText("Stopped.");
  await expect(talk).not.toContainText("Sentence 59 of");
  await page.reload();
  await expect(talk).toContainText("Sentence 3 of");
});
