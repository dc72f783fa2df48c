const PAUSE = 1_000;

/** Fetch a part of the app. What fails is tried once more: when the network is back, or else after a moment. */
export async function onceMore<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch {
    await (navigator.onLine ? new Promise((done) => setTimeout(done, PAUSE)) : back());
    return load();
  }
}

function back(): Promise<unknown> {
  return new Promise((done) => addEventListener("online", done, { once: true }));
}

/** When the page stands and the browser has nothing else to do. Returns what calls it off. */
export function whenIdle(act: () => void): () => void {
  if (!("requestIdleCallback" in globalThis)) {
    const timer = setTimeout(act);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(act);
  return () => cancelIdleCallback(asked);
}
