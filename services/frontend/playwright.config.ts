import { defineConfig } from "@playwright/test";
import { findChromium } from "./stories/chromium.ts";

const launchOptions = await findChromium();

/** `tests/browser` starts the services and runs this; sizes are a desk's and a phone's. */
export default defineConfig({
  testDir: "stories",
  testMatch: "*.story.ts",
  outputDir: process.env.STORY_OUTPUT ?? "test-results",
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: { baseURL: process.env.PAGE_URL, browserName: "chromium", launchOptions, locale: "en-GB", acceptDownloads: true },
  projects: [
    { name: "desk", use: { viewport: { width: 1280, height: 800 } } },
    { name: "phone", use: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true } },
  ],
});
