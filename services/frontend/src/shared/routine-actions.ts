import { randomId } from "@/shared/random";
import { routine } from "@/shared/strings/routine";
import { differences, fieldsOf, type Fields, type Row, UNDO_MS } from "@/shared/outbox/changes";
import { perform, takeBack } from "@/shared/outbox/outbox";
import { offerUndo } from "@/shared/undo";
import { currentRow } from "@/shared/outbox/current";

const keyed = (row: Row) => ({ row: row.key, target: row.id });

export function addExercise(values: Fields): string {
  const row = `new:${randomId()}`;
  const change = perform({ kind: "add", row, target: null, base: null, values });
  offerUndo(routine.done.add(values.name), () => (takeBack(change.id) ? row : remove(row)), UNDO_MS);
  return row;
}

/** What differs is sent, and can be undone as another edit. */
export function editExercise(row: Row, wanted: Fields): void {
  const before = fieldsOf(row);
  const values = differences(before, wanted);
  if (!Object.keys(values).length) return;
  perform({ kind: "edit", ...keyed(row), base: before, values });
  offerUndo(routine.done.edit(wanted.name), () => revert(row.key, before), UNDO_MS);
}

export function duplicateExercise(row: Row): string {
  return addExercise(fieldsOf(row));
}

/** Leaves the page at once, and the server when it can no longer be undone or nobody looks any more. */
export function deleteExercise(row: Row): void {
  const change = perform({ kind: "delete", ...keyed(row), base: fieldsOf(row), values: {}, hold: UNDO_MS });
  offerUndo(routine.done.delete(row.name), () => (takeBack(change.id) ? row.key : addAgain(row)), UNDO_MS);
}

/** It left when the page was hidden, or from another tab. */
function addAgain(row: Row): string {
  return perform({ kind: "add", row: `new:${randomId()}`, target: null, base: null, values: fieldsOf(row) }).row;
}

function revert(key: string, before: Fields): string {
  const now = currentRow(key);
  if (now) perform({ kind: "edit", ...keyed(now), base: fieldsOf(now), values: differences(fieldsOf(now), before) });
  return key;
}

function remove(key: string): string {
  const now = currentRow(key);
  if (now) perform({ kind: "delete", ...keyed(now), base: fieldsOf(now), values: {} });
  return key;
}
