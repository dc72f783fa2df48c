import { exclusively } from "@/shared/locks";
import { createStore } from "@/shared/store";
import { box, drop, find, put } from "./box";
import { type Change, fieldsOf, isHeld, isOf } from "./changes";
import { deliver, type Outcome, type Remote, type Tagged } from "./deliver";

const LOCK = "workout-outbox";
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 5_000; // somebody who waits for their own server looks at it
const LONGEST_REST = 3_600_000; // whoever asks for more is mistaken, and timers end at 24 days

/** What the page is told about a change that arrived: the exercise as the server has it, or its id when it is gone. */
export interface Arrival {
  change: Change;
  tagged: Tagged | null;
}

interface Surroundings {
  /** The server, for one person. */
  remote: (who: string) => Remote;
  /** Null while nobody may send: the session has expired. */
  who: () => string | null;
  arrived: (arrival: Arrival) => void;
}

type Sending = "idle" | "sending" | "waiting";

/** Sends changes in their order, one at a time, in one tab at a time, for as long as it takes. */
export class Sender {
  readonly state = createStore<Sending>("idle");
  private readonly known = new Map<number, Tagged>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pause = FIRST_PAUSE;
  private notBefore = 0; // the server has asked for a rest
  private running: Promise<void> | null = null;

  constructor(private readonly around: Surroundings) {}

  /** Send what may be sent now. */
  flush(): Promise<void> {
    const rest = this.notBefore - Date.now();
    if (rest > 0) {
      this.wake(rest);
      return Promise.resolve();
    }
    this.running ??= this.turn().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** There is a network again, or somebody asks: do not wait any longer. */
  hurry(): Promise<void> {
    this.pause = FIRST_PAUSE;
    return this.flush();
  }

  /** Another tab has done something: see to it after a while, for that tab may be gone. */
  standBy(): void {
    this.wake(LONGEST_PAUSE);
  }

  learn(tagged: Tagged): void {
    this.known.set(tagged.exercise.id, tagged);
  }

  private async turn(): Promise<void> {
    await exclusively(LOCK, () => this.work());
    this.schedule();
  }

  private async work(): Promise<void> {
    for (let change = this.next(); change; change = this.next()) {
      this.state.set("sending");
      put({ ...change, state: "sending" });
      const known = change.target === null ? undefined : this.known.get(change.target);
      const who = this.around.who() ?? change.who;
      const outcome = await deliver(change, this.around.remote(who), known);
      if (!this.settle(change, outcome)) return;
    }
    this.state.set("idle");
  }

  /** The first that may be sent. One that waits for a person, or may still be undone, holds up its own line alone. */
  private next(): Change | undefined {
    const blocked = new Set<string>();
    const who = this.around.who();
    const mine = who === null ? [] : box.get().filter(isOf(who));
    return mine.find((change) => {
      const isReady = change.state === "waiting" || change.state === "sending";
      if (isReady && !isHeld(change) && !blocked.has(change.row)) return true;
      blocked.add(change.row);
      return false;
    });
  }

  /** Returns whether to go on with the next. */
  private settle(change: Change, outcome: Outcome): boolean {
    // Undone or edited further while it was on its way: what was sent counts, and what came later comes later.
    if (outcome.kind === "later") {
      const isTried = change.isTried || outcome.isTried;
      put({ ...(find(change.id) ?? change), state: "waiting", ...(isTried && { isTried }) });
      this.state.set("waiting");
      this.rest(outcome.seconds);
      return false;
    }
    this.pause = FIRST_PAUSE;
    if (outcome.kind === "done") this.finish(change, outcome.tagged);
    else if (outcome.kind === "conflict") this.stop(change, outcome.theirs);
    else put({ ...change, isTried: false, state: "refused", reason: outcome.reason, ...(outcome.reference && { reference: outcome.reference }) });
    return true;
  }

  private finish(change: Change, tagged: Tagged | null): void {
    if (tagged) this.learn(tagged);
    this.around.arrived({ change, tagged });
    if (change.kind === "add" && tagged) {
      for (const later of box.get().filter((one) => one.row === change.row && one.id !== change.id)) {
        put({ ...later, target: tagged.exercise.id });
      }
    }
    drop(change.id);
  }

  private stop(change: Change, theirs: Tagged | null): void {
    if (theirs) this.learn(theirs);
    put({ ...change, isTried: false, state: "conflict", theirs: theirs && fieldsOf(theirs.exercise) });
  }

  private rest(seconds: number | null): void {
    const milliseconds = Math.min(Math.max((seconds ?? 0) * 1000, this.pause), LONGEST_REST);
    this.notBefore = seconds === null ? 0 : Date.now() + milliseconds;
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    this.wake(milliseconds);
  }

  /** When everything that could be sent has been, wait for what may still be undone. */
  private schedule(): void {
    if (this.state.get() === "waiting") return;
    // Done while the lock was given back: the work was over, and whoever asked for it was told that it goes on.
    if (this.next()) {
      this.wake(0);
      return;
    }
    const held = box.get().filter((change) => change.state === "waiting" && isHeld(change));
    if (held.length) this.wake(Math.min(...held.map((change) => change.holdUntil)) - Date.now() + 5);
  }

  private wake(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), milliseconds);
  }
}
