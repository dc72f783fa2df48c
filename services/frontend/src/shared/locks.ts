/** One tab at a time. Without Web Locks (a page over http) every tab is on its own, and the server's rules hold. */
export async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!("locks" in navigator)) return inTurn(name, work);
  return navigator.locks.request(name, work) as Promise<T>;
}

const tails = new Map<string, Promise<unknown>>();

function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
  const turn = (tails.get(name) ?? Promise.resolve()).then(work, work);
  tails.set(
    name,
    turn.catch(() => undefined),
  );
  return turn;
}
