import { randomId } from "@/shared/random";
import { createStore } from "@/shared/store";
import { readStored } from "@/shared/storage";
import { type Change, type Fields, isSame } from "./changes";
import { isChange } from "./valid";

const PREFIX = "workout.change."; // one entry each, so that two tabs never write over each other's

const unkept = new Map<string, Change>();

/** Every change that the server does not have yet, oldest first; kept over reloads and shared by all tabs. */
export const box = createStore<readonly Change[]>(readAll());

/** False while a change could not be kept: it is then in this page alone. */
export const isKept = createStore(true);

function readAll(): Change[] {
  const found = new Map<string, Change>();
  try {
    for (let index = 0; index < localStorage.length; index += 1) {
      const name = localStorage.key(index);
      const change = name?.startsWith(PREFIX) ? readStored(name, isChange) : null;
      if (change && name === PREFIX + change.id) found.set(change.id, change);
    }
  } catch {
    // Switched off: there is what this page has.
  }
  for (const change of unkept.values()) found.set(change.id, change);
  return [...found.values()].sort((one, other) => one.order - other.order);
}

function refresh(): void {
  box.set(readAll());
}

addEventListener("storage", (event: StorageEvent) => {
  if (event.key === null || event.key.startsWith(PREFIX)) refresh();
});

export function put(change: Change): void {
  try {
    localStorage.setItem(PREFIX + change.id, JSON.stringify(change));
    unkept.delete(change.id);
  } catch {
    unkept.set(change.id, change);
  }
  isKept.set(unkept.size === 0);
  refresh();
}

export function drop(id: string): void {
  unkept.delete(id);
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // As above.
  }
  isKept.set(unkept.size === 0);
  refresh();
}

export function find(id: string): Change | undefined {
  return box.get().find((change) => change.id === id);
}

export interface Doing {
  kind: Change["kind"];
  row: string;
  target: number | null;
  base: Fields | null;
  values: Partial<Fields>;
  hold?: number;
}

/** An edit of a line as the last change left it. Whoever began from something older, in another tab, is told. */
function continues(last: Change, doing: Doing): boolean {
  const left = { ...last.base, ...last.values } as Fields;
  const isEdit = doing.kind === "edit" && last.kind !== "delete" && !last.isTried && doing.base !== null;
  return isEdit && last.state === "waiting" && isSame(left, doing.base ?? {});
}

/** Put something into the box. Edits of one line that wait to be sent become one. */
export function record(who: string, doing: Doing): Change {
  const { hold = 0, ...rest } = doing;
  const last = box.get().findLast((change) => change.row === doing.row);
  if (last && continues(last, doing)) {
    const merged = { ...last, values: { ...last.values, ...doing.values } };
    put(merged);
    return merged;
  }
  const order = Math.max(Date.now(), (box.get().at(-1)?.order ?? 0) + 1);
  const change: Change = { ...rest, id: randomId(), who, order, holdUntil: hold && Date.now() + hold, state: "waiting" };
  put(change);
  return change;
}
