import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import type { ProxyOptions } from "vite";
import { defineConfig } from "vitest/config";
import { asNginx, isForOperators, pageHeaders } from "./vite/as-nginx.ts";
import { precompress } from "./vite/precompress.ts";
import { serviceWorker } from "./vite/service-worker.ts";

const API = process.env.FRONTEND_API_URL ?? "http://localhost:8000";
const COACH = process.env.FRONTEND_AI_COACH_URL ?? "http://localhost:8001";
/** Host stays as the browser sent it: the API compares it with Origin before it takes the session cookie. */
function to(target: string, prefix: string): ProxyOptions {
  return {
    target,
    xfwd: true,
    rewrite: (path) => path.replace(prefix, "") || "/",
    bypass: (request) => (isForOperators(request.url ?? "") ? false : undefined),
  };
}

const proxy = { "/api": to(API, "/api"), "/ai-coach": to(COACH, "/ai-coach") };
const port = Number(process.env.FRONTEND_PORT ?? 3000);
const host = process.env.FRONTEND_HOST ?? "127.0.0.1";

export default defineConfig({
  plugins: [react(), asNginx(), serviceWorker(), precompress()],
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  server: { port, host, strictPort: true, proxy },
  preview: { port, host, strictPort: true, proxy, headers: pageHeaders() },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    coverage: {
      provider: "v8",
      // All logic is in .ts files: rules, hooks, queries, the outbox, the session, words. A .tsx is markup, which the
      // stories tell of in a real browser.
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.tsx", "src/**/*.test.ts", "src/testing/**", "src/shared/api/*-types.ts"],
      thresholds: { statements: 85, lines: 85, functions: 85, branches: 85 },
    },
  },
});
