// Pages come from the network while there is one, so nobody sees an old app; hashed assets never change and come
// from the cache. What stands in for every page without a network is kept once, with the assets that it names: a page
// that was opened may be an icon, or a hotel's login. Requests to the services are left alone.
const VERSION = "__VERSION__";
const CACHE = `workout-${VERSION}`;
const ASSETS = ["__ASSETS__"];
const SHELL = "/";
const ALONGSIDE = ["/config.js", "/manifest.webmanifest", "/icon.svg"];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([SHELL, ...ALONGSIDE, ...ASSETS]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && !/^\/(api|ai-coach)\//.test(url.pathname)) {
    event.respondWith(fetch(request).catch((error) => kept(SHELL, error)));
  } else if (url.pathname.startsWith("/assets/")) {
    event.respondWith(keptOrFresh(request));
  } else if (ALONGSIDE.includes(url.pathname)) {
    event.respondWith(freshOrKept(request, url.pathname));
  }
});

async function freshOrKept(request, name) {
  try {
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(CACHE)).put(name, answer.clone());
    return answer;
  } catch (error) {
    return kept(name, error);
  }
}

async function kept(name, error) {
  return (await caches.match(name, { ignoreVary: true })) ?? Promise.reject(error);
}

async function keptOrFresh(request) {
  // By name alone: some servers say that an answer varies with headers that a page and this worker send differently.
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
