import { chromium } from "@playwright/test";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const CACHE = fileURLToPath(new URL("../node_modules/.cache", import.meta.url));

interface Launch {
  executablePath: string;
  args: string[];
  env?: Record<string, string>;
}

/** A browser that Playwright has installed, else one on the PATH, else the one of an npm package. */
export async function findChromium(): Promise<Launch> {
  const args = process.getuid?.() === 0 ? ["--no-sandbox", ...QUIET] : QUIET;
  const installed = [chromium.executablePath(), ...["chromium", "google-chrome"].flatMap(onPath)].find(existsSync);
  if (installed) return { executablePath: installed, args };
  const folder = await unpacked();
  // Not with the package's own arguments: they switch the rules of the web off.
  const env = { ...(process.env as Record<string, string>), FONTCONFIG_FILE: join(folder, "fonts.conf") };
  return { executablePath: join(folder, "chromium"), args: [...args, "--no-sandbox"], env };
}

function onPath(name: string): string[] {
  return (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
}

/** Unpacks the package's browser beside it, all or nothing: several may want it at the same time. */
async function unpacked(): Promise<string> {
  const folder = join(CACHE, "chromium");
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const ours = await mkdtemp(join(CACHE, "unpacking-"));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = ours; // where the package unpacks to
  try {
    const { default: packed } = await import("@sparticuz/chromium");
    await packed.executablePath();
    await writeFile(join(ours, "fonts.conf"), fontsIn(folder));
    await rename(ours, folder);
  } catch (error) {
    await rm(ours, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // or else somebody was quicker
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  return folder;
}

/** The package's own configuration looks for its fonts where they are not, and Chromium ends where it has none. */
function fontsIn(folder: string): string {
  const place = `<dir>${join(folder, "fonts")}</dir><cachedir>${join(folder, "fonts-cache")}</cachedir>`;
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${place}</fontconfig>\n`;
}
