import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const template = readFileSync(new URL("../nginx/nginx.conf.template", import.meta.url), "utf8");
const FOREVER = /\^\/assets\/ "(.+)";/.exec(template)?.[1] ?? "";

/** The headers that nginx sends with every page, for whoever has none: one list of them, and it is nginx's. */
export function pageHeaders(): Record<string, string> {
  const constant = template.matchAll(/^ *add_header (\S+) "(.+)" always;$/gm);
  return Object.fromEntries(Array.from(constant, ([, name = "", value = ""]) => [name, value.replace("${CONNECT_SRC}", "")]));
}

/** What nginx answers with 404: how the services are, and their figures, are for those who run them. */
export function isForOperators(url: string): boolean {
  const [raw = ""] = url.split("?", 1);
  const decoded = raw.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  // As the service behind will read it: without dot segments, double slashes and what surrounds it.
  const path = new URL(`http://host${decoded.replace(/[\s\p{Cc}]+/gu, "")}`).pathname.replace(/\/+/g, "/");
  return /^\/(api|ai-coach)\/(metrics|livez|readyz)(\/|$)/.test(path);
}

/** What nginx says for itself when somebody looks at the built app: how long a file may be kept, and whether it runs. */
export function asNginx(): Plugin {
  return {
    name: "as-nginx",
    configurePreviewServer: ({ config, middlewares }) => {
      const folder = join(config.root, config.build.outDir);
      middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? "/", "http://host");
        const isAsset = pathname.startsWith("/assets/");
        response.setHeader("Cache-Control", isAsset ? FOREVER : "no-cache");
        if (pathname === "/healthz") {
          response.setHeader("Content-Type", "text/plain");
          response.end("ok\n");
        } else if (isAsset && !existsSync(join(folder, pathname))) {
          response.setHeader("Cache-Control", "no-cache");
          response.writeHead(404).end();
        } else next();
      });
    },
  };
}
