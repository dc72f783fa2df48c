import { readFileSync } from "node:fs";

const template = readFileSync(new URL("../nginx/nginx.conf.template", import.meta.url), "utf8");

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
