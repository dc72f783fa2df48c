import { createStore } from "@/shared/store";

interface Undoable {
  id: number;
  text: string;
  /** Returns the key of the line that it is about. */
  undo: () => string;
}

/** The last thing done, for as long as it can be undone. */
export const undoable = createStore<Undoable | null>(null);

let count = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export function offerUndo(text: string, undo: () => string, milliseconds: number): void {
  clearTimeout(timer);
  const id = ++count;
  undoable.set({ id, text, undo });
  timer = setTimeout(() => undoable.set(null), milliseconds);
}

/** It was somebody else's. */
export function forgetUndo(): void {
  clearTimeout(timer);
  undoable.set(null);
}

/** Which line has changed by it, if any. */
export function undoNow(): string | undefined {
  clearTimeout(timer);
  const last = undoable.get();
  undoable.set(null);
  return last?.undo();
}
