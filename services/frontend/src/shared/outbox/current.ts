import type { Row } from "./changes";

let rows: readonly Row[] = [];

/** The routine as it was last shown, for what happens after a while and must start from how things are then. */
export function remember(shown: readonly Row[]): void {
  rows = shown;
}

export function currentRow(key: string): Row | undefined {
  return rows.find((row) => row.key === key);
}
