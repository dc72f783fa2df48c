import { currentSession, onSession, whoIs } from "@/shared/session/session";
import { createStore } from "@/shared/store";
import { box, drop, find, put, record, type Doing } from "./box";
import type { Change, Fields } from "./changes";
import { remote } from "./remote";
import { type Arrival, Sender } from "./sender";

let isLeaving = false;
const listeners = new Set<(arrival: Arrival) => void>();

/** Lines that were added on this page keep the name they had before the server gave them an id. */
export const rowKeys = createStore<ReadonlyMap<number, string>>(new Map());

export const sender = new Sender({
  remote: (who) => remote(who, () => isLeaving),
  who: () => (currentSession().status === "expired" ? null : whoIs()),
  arrived: (arrival) => {
    if (arrival.change.kind === "add" && arrival.tagged) {
      rowKeys.set(new Map(rowKeys.get()).set(arrival.tagged.exercise.id, arrival.change.row));
    }
    for (const listener of listeners) listener(arrival);
  },
});

/** Be told what arrived at the server. */
export function onArrival(listener: (arrival: Arrival) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Do it here and now; the server gets it as soon as it can. */
export function perform(doing: Doing): Change {
  const change = record(whoIs(), doing);
  void sender.flush();
  return change;
}

/** Take back what has not been sent. Returns whether that was still possible. */
export function takeBack(id: string): boolean {
  const change = find(id);
  if (!change || change.state === "sending" || change.isTried) return false;
  drop(id);
  // What was to become of an exercise that will never be there has nowhere to go.
  if (change.kind === "add") for (const later of box.get().filter(({ row }) => row === change.row)) drop(later.id);
  return true;
}

/** The person's answer to a conflict: write theirs over what somebody else wrote, or let it be. */
export function resolve(change: Change, choice: "mine" | "theirs"): void {
  if (choice === "theirs") drop(change.id);
  else if (change.theirs) put({ ...mine(change), base: change.theirs, state: "waiting" });
  else readd(change);
  void sender.hurry();
}

/** Try again what the server refused. */
export function retry(change: Change): void {
  put({ ...change, state: "waiting" });
  void sender.hurry();
}

function mine({ theirs: _, reason: __, reference: ___, ...change }: Change): Change {
  return change;
}

/** It was deleted elsewhere: what the person wanted becomes a new exercise. */
function readd(change: Change): void {
  const values = { ...change.base, ...change.values } as Fields;
  drop(change.id);
  record(whoIs(), { kind: "add", row: change.row, target: null, base: null, values });
}

/** Start sending, and be there when the network, the person or the account comes back. */
export function startOutbox(): void {
  let previous = currentSession();
  onSession(() => {
    const hasReturned = previous.status !== "in" && currentSession().status === "in";
    previous = currentSession();
    if (hasReturned) void sender.hurry();
  });
  addEventListener("storage", () => sender.standBy());
  addEventListener("online", () => void sender.hurry());
  document.addEventListener("visibilitychange", () => {
    isLeaving = document.visibilityState === "hidden";
    if (isLeaving) release();
    void sender.hurry();
  });
  void sender.flush();
}

/** Nobody can undo on a page that they have left. */
function release(): void {
  for (const change of box.get()) if (change.holdUntil > Date.now()) put({ ...change, holdUntil: 0 });
}
