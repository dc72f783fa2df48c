import type { Row } from "@/shared/outbox/changes";

export const SORTS = ["id", "name", "-weight", "-volume", "-sets", "-reps"] as const;
type Sort = (typeof SORTS)[number];

/** What the page's address says, so that back, reload and a shared link show the same. */
export interface RoutineSearch {
  q?: string;
  muscle?: string;
  sort?: Sort;
  day?: string;
}

export function routineSearch(given: Record<string, string | undefined>): RoutineSearch {
  const sort = SORTS.find((one) => one === given.sort && one !== "id");
  const { q, muscle, day } = given;
  return { ...(q && { q }), ...(muscle && { muscle }), ...(sort && { sort }), ...(day && { day }) };
}

export interface Day {
  name: string;
  rows: Row[];
  volumeKg: number;
}

function volumeKg({ sets, reps, weight }: Pick<Row, "sets" | "reps" | "weight">): number {
  return sets * reps * (weight ?? 0);
}

export function sumKg(rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + volumeKg(row), 0);
}

/** The rows that search and filter leave, in order. */
export function selected(rows: readonly Row[], search: RoutineSearch, groupOf: (name: string) => string | null): Row[] {
  const wanted = (search.q ?? "").trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = (row: Row) => {
    const name = row.name.toLocaleLowerCase();
    return wanted.every((word) => name.includes(word)) && (!search.muscle || groupOf(row.name) === search.muscle);
  };
  return sorted(rows.filter(fits), search.sort ?? "id");
}

function sorted(rows: Row[], sort: Sort): Row[] {
  if (sort === "id") return rows;
  if (sort === "name") return rows.sort((one, other) => byName.compare(one.name, other.name));
  const of: Record<Exclude<Sort, "id" | "name">, (row: Row) => number> = {
    "-weight": (row) => row.weight ?? 0,
    "-volume": volumeKg,
    "-sets": (row) => row.sets,
    "-reps": (row) => row.reps,
  };
  return rows.sort((one, other) => of[sort](other) - of[sort](one));
}

const byName = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });

/** Days in their natural order, each with its rows in the order given. */
export function byDay(rows: readonly Row[]): Day[] {
  const days = new Map<string, Row[]>();
  for (const row of rows) {
    const there = days.get(row.workout_day);
    if (there) there.push(row);
    else days.set(row.workout_day, [row]);
  }
  const names = [...days.keys()].sort(byName.compare);
  return names.map((name) => ({ name, rows: days.get(name) ?? [], volumeKg: sumKg(days.get(name) ?? []) }));
}

export function dayNames(rows: readonly Row[]): string[] {
  return [...new Set(rows.map((row) => row.workout_day))].sort(byName.compare);
}

/** The day that a new exercise is offered: the one on show, else the one last added to, else the first. */
export function dayToAddTo(shown: string | undefined, last: string | undefined, days: readonly string[]): string {
  return shown ?? last ?? days[0] ?? "A";
}
