import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { api } from "@/shared/api/client";
import type { Exercise } from "@/shared/api/schemas";
import { admin } from "@/shared/strings/admin";
import { common } from "@/shared/strings/common";
import { routine } from "@/shared/strings/routine";
import { Button } from "@/shared/ui/controls";
import { ErrorNote, Skeleton } from "@/shared/ui/feedback";
import { shown } from "@/shared/units/units";
import { useUnit } from "@/shared/units/preferences";
import css from "./admin-page.module.css";

const words = admin.exercises;
const PAGE_SIZE = 20;

/** Every routine's exercises, a page at a time. */
export function AllExercises() {
  const [page, setPage] = useState(1);
  const query = { page, page_size: PAGE_SIZE, scope: "all" } as const;
  const read = useQuery({
    queryKey: ["all-exercises", page],
    queryFn: async () => (await api("get", "/exercises", { params: { query } })).data,
    placeholderData: keepPreviousData,
  });
  const pages = Math.max(1, Math.ceil((read.data?.total ?? 0) / PAGE_SIZE));
  return (
    <section className={css.part} aria-labelledby="all">
      <header className={css.head}>
        <h2 id="all">{words.title}</h2>
        {read.data && <p className={css.soft}>{words.count(read.data.total)}</p>}
      </header>
      {read.error && <ErrorNote error={read.error} onRetry={() => void read.refetch()} />}
      {read.isPending && <Skeleton height={320} />}
      {read.data && <ExerciseTable items={read.data.items} />}
      {read.data && (
        <div className={css.pages}>
          <Button disabled={page <= 1} onClick={() => setPage(page - 1)}>
            {words.previous}
          </Button>
          <span>{words.page(page, pages)}</span>
          <Button disabled={page >= pages} onClick={() => setPage(page + 1)}>
            {words.next}
          </Button>
        </div>
      )}
    </section>
  );
}

function ExerciseTable({ items }: { items: Exercise[] }) {
  const client = useQueryClient();
  const unit = useUnit();
  const [asked, setAsked] = useState<number | null>(null);
  const remove = useMutation({
    mutationFn: (id: number) => api("delete", "/admin/exercises/{exercise_id}", { params: { path: { exercise_id: id } } }),
    onSettled: async () => {
      setAsked(null);
      await client.invalidateQueries({ queryKey: ["all-exercises"] });
      await client.invalidateQueries({ queryKey: ["routine"] });
    },
  });
  return (
    <>
      {remove.error && <ErrorNote error={remove.error} />}
      <table className={css.table}>
        <thead>
          <tr>
            {words.columns.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.id}>
              <td className={css.soft}>{one.id}</td>
              <th scope="row" className={css.beside}>
                {one.name}
              </th>
              <td>
                {one.sets} × {one.reps}
              </td>
              <td>{one.weight === null ? routine.bodyweight : `${shown(one.weight, unit)} ${unit}`}</td>
              <td>{one.workout_day}</td>
              <td className={css.end}>
                {asked === one.id ? (
                  <>
                    <Button look="danger" onClick={() => remove.mutate(one.id)}>
                      {words.sure}
                    </Button>{" "}
                    <Button onClick={() => setAsked(null)}>{common.cancel}</Button>
                  </>
                ) : (
                  <Button look={["quiet", "icon"]} aria-label={words.delete(one.name, one.id)} onClick={() => setAsked(one.id)}>
                    <Trash2 size={18} aria-hidden />
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
