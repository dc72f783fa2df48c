import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

/** Emits /sw.js with the list of this build's files, so that all pages open without a network. */
export function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    generateBundle(_, bundle) {
      const files = Object.keys(bundle).filter((name) => name.startsWith("assets/") && !name.endsWith(".map"));
      const assets = files.sort().map((name) => `/${name}`);
      const version = createHash("sha256").update(assets.join()).digest("hex").slice(0, 12);
      const template = readFileSync(new URL("sw.js", import.meta.url), "utf8");
      const source = template
        .replace('"__VERSION__"', JSON.stringify(version))
        .replace('"__ASSETS__"', assets.map((asset) => JSON.stringify(asset)).join(", "));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}
