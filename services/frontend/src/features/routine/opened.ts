import type { Row } from "@/shared/outbox/changes";
import { createStore, useStore } from "@/shared/store";

const opened = createStore<readonly Row[]>([]);

/** While its form is open a line stays, wherever else it is deleted: what is typed there must not go. */
export function keepOpen(row: Row): () => void {
  opened.set([...opened.get(), row]);
  return () => opened.set(opened.get().filter((one) => one !== row));
}

export const useOpened = (): readonly Row[] => useStore(opened);

/** The same rows, if all that are open are among them. */
export function withOpened(rows: Row[], open: readonly Row[]): Row[] {
  const gone = open.filter(({ key }) => !rows.some((row) => row.key === key));
  return gone.length ? [...rows, ...gone] : rows;
}
