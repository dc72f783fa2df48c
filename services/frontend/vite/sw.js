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
    keepAll().then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      // The build before stays, oldest names come first: tabs that are open may still ask for files of it.
      .then((names) => names.filter((name) => name !== CACHE).slice(0, -1))
      .then((names) => Promise.all(names.map((name) => caches.delete(name))))
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

async function keepAll() {
  const cache = await caches.open(CACHE);
  await cache.addAll([SHELL, ...ALONGSIDE, ...ASSETS]);
  const shell = await (await cache.match(SHELL)).text();
  const named = shell.match(/\/assets\/[^"]+/g) ?? [];
  if (named.length && named.every((name) => ASSETS.includes(name))) return;
  // While an update is rolled out, or at a hotel, the page may be another's than the files. Tried again by the next page.
  await caches.delete(CACHE);
  throw new Error("The page is of another build");
}

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
  const cache = await caches.open(CACHE);
  return (await cache.match(name, { ignoreVary: true })) ?? Promise.reject(error);
}

async function keptOrFresh(request) {
  // By name alone: some servers say that an answer varies with headers that a page and this worker send differently.
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}
