// Hashed files come from the cache; pages from the network, and without one the offline page stands in.
// What belongs to a person (/api, the event socket) is never kept here.
const CACHE = "upay-1";
const OFFLINE = "/offline/";
const MOST_FILES = 200;

const isKept = (url) => url.origin === location.origin && /^\/(assets|fonts)\//.test(url.pathname);

self.addEventListener("install", (event) => event.waitUntil(keepOfflinePage().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(dropOldCaches().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fromNetwork(event));
  else if (isKept(new URL(request.url))) event.respondWith(fromCache(request));
});

async function fromNetwork(event) {
  const url = new URL(event.request.url);
  try {
    const answer = await fetch(event.request);
    event.waitUntil(keepOfflinePage().catch(() => undefined));
    return answer;
  } catch (error) {
    const page = await caches.match(OFFLINE);
    if (!page) throw error;
    if (url.pathname.startsWith("/offline")) return page;
    return Response.redirect(`${OFFLINE}?back=${encodeURIComponent(url.pathname + url.search)}`);
  }
}

// Our answers vary by Origin, which a module's request names and a kept one does not; the file is the same.
async function fromCache(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(CACHE);
    await cache.put(request, answer.clone());
  }
  return answer;
}

/** Keep the offline page and all it loads; when a new build is out, the new one, and files beyond the newest go. */
async function keepOfflinePage() {
  const cache = await caches.open(CACHE);
  const answer = await fetch(OFFLINE, { cache: "no-cache" });
  if (!answer.ok) return;
  const html = await answer.clone().text();
  const before = await cache.match(OFFLINE);
  if (before && (await before.text()) === html) return;
  const files = new Set(html.match(/\/assets\/[\w.-]+/g));
  for (const file of files) if (!(await cache.match(file))) await cache.add(file);
  await cache.put(OFFLINE, answer);
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - MOST_FILES))) {
    const path = new URL(old.url).pathname;
    if (path !== OFFLINE && !files.has(path)) await cache.delete(old);
  }
}

async function dropOldCaches() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
}
