import { chromium } from "@playwright/test";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

interface Launch {
  executablePath: string;
  args: string[];
}

/** A browser that Playwright has installed, else one on the PATH, else the one of an npm package. */
export async function findChromium(): Promise<Launch> {
  const args = process.getuid?.() === 0 ? ["--no-sandbox", ...QUIET] : QUIET;
  const installed = [chromium.executablePath(), ...["chromium", "google-chrome"].flatMap(onPath)].find(existsSync);
  if (installed) return { executablePath: installed, args };
  const { default: packed } = await import("@sparticuz/chromium");
  return { executablePath: await packed.executablePath(), args: packed.args };
}

function onPath(name: string): string[] {
  return (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
}
