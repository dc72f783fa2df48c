import { createServer, type IncomingHttpHeaders, type IncomingMessage, request as ask, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { randomUUID } from "node:crypto";
import { bearer, call, expect, test as base, unfold } from "./story.ts";

const PAGE = process.env.PAGE_URL ?? "";
const TEXT = /html|javascript|json/;
const GONE = /status of 404|dynamically imported module|preload CSS|Failed to load|ERR_|status of 401/;

/** The browser's own cache may have let go of anything: here it has of everything. */
function forgotten({ etag: _, "last-modified": __, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders {
  return { ...headers, "cache-control": "no-store" };
}

/** Between the browser and the server of the page: it can put another build in its place, whose files are named anew. */
class Deployment {
  private build = 0;
  private readonly server: Server = createServer((request, response) => this.pass(request, response));
  missing: RegExp | null = null;
  /** The update is being rolled out: pages still come from where it is not yet. */
  isHalfWay = false;

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  update(): void {
    this.build += 1;
  }

  private pass(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? "/";
    const [, name, build] = /^(\/assets\/.+?)(?:\.b(\d+))?\.js$/.exec(path) ?? [];
    const isOld = name !== undefined && Number(build ?? 0) !== this.build;
    if (isOld || this.missing?.test(path)) {
      response.writeHead(404).end();
      return;
    }
    const headers = { ...request.headers, "accept-encoding": "identity" };
    const onward = ask(PAGE + (name ? `${name}.js` : path), { method: request.method, headers }, (answer) => {
      const isOurs = !/^\/(api|ai-coach)\//.test(path) && TEXT.test(answer.headers["content-type"] ?? "");
      if (isOurs && !(this.isHalfWay && path === "/")) void this.rename(answer, response);
      else answer.pipe(response.writeHead(answer.statusCode ?? 502, forgotten(answer.headers)));
    });
    request.pipe(onward);
  }

  private async rename(answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const { "content-length": _, ...headers } = forgotten(answer.headers);
    response.writeHead(answer.statusCode ?? 502, headers).end(this.renamed(await text(answer)));
  }

  private renamed(file: string): string {
    if (!this.build) return file;
    const named = file.replace(/([\w.]+-[\w-]{8})\.js(?=["'`])/g, `$1.b${this.build}.js`);
    return named.replace('VERSION = "', `VERSION = "${this.build}`);
  }
}

const test = base.extend<{ site: Deployment; address: string }>({
  // eslint-disable-next-line no-empty-pattern
  site: async ({}, use) => {
    const site = new Deployment();
    await use(site);
    site.stop();
  },
  address: async ({ site }, use) => use(await site.start()),
});

async function person(): Promise<[string, string]> {
  const username = `u-${randomUUID().slice(0, 12)}`;
  await call("/admin/users", "POST", { username, password: "a long sentence" }, await bearer("admin", "admin123"));
  return [username, "a long sentence"];
}

/** What has become of the newest service worker, and the newest of what is kept. */
async function newest(): Promise<string> {
  const { installing, waiting, active } = (await navigator.serviceWorker.getRegistration()) ?? {};
  return `${(installing ?? waiting ?? active)?.state} ${(await caches.keys()).at(-1)?.slice(0, 9)}`;
}

test("a tab of the build before goes on while a new one is there, and the next page is of the new one", async ({ page, context, site, address, expectErrors }) => {
  expectErrors(GONE);
  await page.goto(address);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  site.update();
  const other = await context.newPage();
  await other.goto(address);
  await expect.poll(() => other.evaluate(newest)).toBe("activated workout-1");
  await page.getByRole("link", { name: "Coach", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Coach" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Coach" })).toBeVisible();
  expect(await page.content()).toMatch(/index-[\w-]+\.b1\.js/);
  await expect.poll(() => page.evaluate(async () => (await (await caches.open((await caches.keys()).at(-1) ?? "")).match("/"))?.text())).toContain(".b1.js");
  await context.setOffline(true);
  await page.goto(`${address}/status`);
  await expect(page.getByRole("heading", { name: "Status" })).toBeVisible();
  expect(await page.content()).toMatch(/index-[\w-]+\.b1\.js/);
  await context.setOffline(false);
});

test("while an update is being rolled out, what is kept for no network is of one build", async ({ page, context, site, address, expectErrors }) => {
  expectErrors(GONE);
  await page.goto(address);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  site.update();
  site.isHalfWay = true;
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update().catch(() => undefined));
  await expect.poll(() => page.evaluate(newest)).toMatch(/^activated/);
  await context.setOffline(true);
  await page.goto(`${address}/status`);
  await expect(page.getByRole("heading", { name: "Status" })).toBeVisible();
  await context.setOffline(false);
});

test.describe("over http, where no files are kept", () => {
  test.use({ serviceWorkers: "block" });

  test("a page whose file an update has taken away says so, the others are there, and a reload helps", async ({ page, site, address, expectErrors }) => {
    expectErrors(GONE);
    await page.goto(address);
    await expect(page.getByRole("heading", { name: "Routine" })).toBeVisible();
    site.update();
    await page.getByRole("link", { name: "Status", exact: true }).click();
    await expect(page.getByRole("button", { name: "Reload" })).toBeVisible();
    await page.getByRole("link", { name: "Routine", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Routine" })).toBeVisible();
    await page.getByRole("link", { name: "Status", exact: true }).click();
    await page.getByRole("button", { name: "Reload" }).click();
    await expect(page.getByRole("heading", { name: "Status" })).toBeVisible();
  });

  test("a session that ends after an update goes on where it was", async ({ page, site, address, expectErrors }) => {
    expectErrors(GONE);
    const [username, password] = await person();
    await page.goto(`${address}/account`);
    await page.getByLabel("Username").fill(username);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(page.getByText(`Logged in as ${username}`)).toBeVisible();
    const form = page.waitForResponse(/login-form.*\.js/);
    await page.goto(address);
    await (await form).finished();
    await unfold(page);
    site.update();
    await call("/auth/logout?all=true", "POST", undefined, await bearer(username, password));
    await expect(async () => {
      await page.getByRole("button", { name: "Export CSV" }).click({ timeout: 1_000 });
      await expect(page.getByRole("dialog").getByLabel("Username")).toHaveValue(username, { timeout: 1_000 });
    }).toPass();
  });

  test("one that ended before it can be taken up again", async ({ page, site, address, expectErrors }) => {
    expectErrors(GONE);
    const [username] = await person();
    await page.goto(address);
    await page.evaluate((who) => localStorage.setItem("workout.who", JSON.stringify({ username: who, role: "user" })), username);
    site.missing = /login-form/;
    await page.goto(address);
    await expect(page.getByRole("dialog")).toContainText("Nothing you typed is lost");
    await expect(page.getByRole("dialog").getByRole("button", { name: "Reload" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Coach", exact: true })).toBeAttached();
    site.missing = null;
    await page.getByRole("dialog").getByRole("button", { name: "Reload" }).click();
    await expect(page.getByRole("dialog").getByLabel("Username")).toHaveValue(username);
  });

  test("a page that names files of another build is not white", async ({ page, site, address, expectErrors }) => {
    expectErrors(GONE);
    site.missing = /assets/;
    await page.goto(address);
    await expect(page.getByText("If this stays")).toBeVisible();
    site.missing = null;
    await page.getByRole("link", { name: "load it again" }).click();
    await expect(page.getByRole("heading", { name: "Routine" })).toBeVisible();
  });
});
