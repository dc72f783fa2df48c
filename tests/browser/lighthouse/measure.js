// Measure one page: node measure.js <path> <phone|desk> [<username> <password>], with PAGE_URL in the environment.
// Prints scores, and what cost points, as JSON.
import lighthouse, { desktopConfig } from "lighthouse";
import puppeteer from "puppeteer-core";
import { findChromium } from "../../../services/frontend/stories/chromium.ts";

const [path, size, username, password] = process.argv.slice(2);
const CATEGORIES = ["performance", "accessibility", "best-practices"];

// Where nothing of the app is loaded yet, so that the page is measured as on a first visit.
async function logIn(page) {
  await page.goto(`${process.env.PAGE_URL}/manifest.webmanifest`);
  await page.evaluate(async (given) => {
    const headers = { "Content-Type": "application/json" };
    await fetch("/api/auth/login?session=cookie", { method: "POST", headers, body: JSON.stringify(given) });
    localStorage.setItem("workout.who", JSON.stringify({ username: given.username, role: given.username }));
  }, { username, password });
}

function found({ categories, audits }) {
  const scores = Object.fromEntries(CATEGORIES.map((name) => [name, Math.round(100 * categories[name].score)]));
  const costly = CATEGORIES.flatMap((name) => categories[name].auditRefs)
    .filter(({ id, weight }) => weight && audits[id].score !== null && audits[id].score < 1)
    .map(({ id }) => [audits[id].title, audits[id].displayValue].filter(Boolean).join(": "));
  const errors = (audits["errors-in-console"].details?.items ?? []).map((item) => item.description);
  return { scores, costly, errors };
}

const browser = await puppeteer.launch({ ...(await findChromium()), headless: true });
try {
  const page = await browser.newPage();
  if (username) await logIn(page);
  const flags = { onlyCategories: CATEGORIES, disableStorageReset: Boolean(username) };
  const config = size === "desk" ? desktopConfig : undefined;
  const { lhr } = await lighthouse(process.env.PAGE_URL + path, flags, config, page);
  if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
  console.log(JSON.stringify(found(lhr)));
} finally {
  await browser.close();
}
