import { type QueryClient, queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { api } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { Exercise } from "@/shared/api/schemas";
import { box } from "@/shared/outbox/box";
import { applied, isOf, type Row } from "@/shared/outbox/changes";
import { remember } from "@/shared/outbox/current";
import { onArrival, rowKeys } from "@/shared/outbox/outbox";
import type { Arrival } from "@/shared/outbox/sender";
import { areExercises } from "@/shared/outbox/valid";
import { useSession, whoIs } from "@/shared/session/session";
import { forgetStored, readStored, writeStored } from "@/shared/storage";
import { useStore } from "@/shared/store";

const PAGE_SIZE = 200;
const KEPT = "workout.routine"; // what the last visit saw, for a start without a network

interface Kept {
  who: string;
  exercises: Exercise[];
}

function isKept(value: unknown): value is Kept {
  return typeof value === "object" && value !== null && "who" in value && "exercises" in value && areExercises(value.exercises);
}

function keep(who: string, exercises: Exercise[]): void {
  writeStored(KEPT, { who, exercises } satisfies Kept);
}

/** The whole routine: every page of it. */
async function readAll(signal: AbortSignal): Promise<Exercise[]> {
  const read = async (page: number) => {
    const query = { page, page_size: PAGE_SIZE } as const;
    return (await api("get", "/exercises", { params: { query }, signal })).data;
  };
  const first = await read(1);
  const rest = Array.from({ length: Math.ceil(first.total / PAGE_SIZE) - 1 }, (_, index) => read(index + 2));
  const pages = [first, ...(await Promise.all(rest))];
  // Pages are read one after another: what moves between them meanwhile must not appear twice.
  return [...new Map(pages.flatMap((page) => page.items).map((item) => [item.id, item])).values()];
}

function routineQuery(who: string) {
  const kept = readStored(KEPT, isKept);
  return queryOptions({
    queryKey: ["routine", who],
    queryFn: async ({ signal }) => {
      const exercises = await readAll(signal);
      if (whoIs() === who) keep(who, exercises);
      return exercises;
    },
    // Shown at once, and read again at once: it is only what the last visit saw.
    ...(kept?.who === who && { initialData: kept.exercises, initialDataUpdatedAt: 0 }),
  });
}

/** The routine as the person has it, with what they did that the server does not have yet. */
export function useRoutine() {
  const who = whoIs(useSession());
  const query = useQuery(routineQuery(who));
  const changes = useStore(box);
  const keys = useStore(rowKeys);
  // Whatever the last visit saw: what a stranger did here would be sent by whoever logs in next.
  const isClosed = who === "" && query.error instanceof Problem && query.error.status === 401;
  const rows = useMemo((): Row[] | undefined => {
    return query.data && !isClosed ? applied(query.data, changes.filter(isOf(who)), keys) : undefined;
  }, [query.data, changes, keys, who, isClosed]);
  useEffect(() => remember(rows ?? []), [rows]);
  return { ...query, rows, isClosed };
}

/** Keeps the routine that was read in step with what arrives at the server. */
export function useArrivals(client: QueryClient): void {
  useEffect(() => onArrival((arrival) => void arrive(client, arrival)), [client]);
}

async function arrive(client: QueryClient, { change, tagged }: Arrival): Promise<void> {
  if (!isOf(whoIs())(change)) return; // it was on its way when its person left
  const key = ["routine", whoIs()];
  const wasReading = client.isFetching({ queryKey: key }) > 0;
  const cancelled = client.cancelQueries({ queryKey: key }); // it may have been answered before the change was there
  const now = client.setQueryData<Exercise[]>(key, (exercises) => {
    return exercises && updated(exercises, change.target, tagged?.exercise);
  });
  if (now) keep(key[1] ?? "", now);
  await cancelled;
  if (wasReading) await client.invalidateQueries({ queryKey: key });
}

function updated(exercises: Exercise[], target: number | null, now: Exercise | undefined): Exercise[] {
  if (!now) return exercises.filter(({ id }) => id !== target);
  const isThere = exercises.some(({ id }) => id === now.id);
  return isThere ? exercises.map((one) => (one.id === now.id ? now : one)) : [...exercises, now];
}

/** Nobody who comes after may see it. */
export function forgetRoutine(): void {
  forgetStored(KEPT);
}
