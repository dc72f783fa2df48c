import { memo, useId, useRef, useState } from "react";
import { Plus } from "lucide-react";
import { common } from "@/shared/strings/common";
import { routine } from "@/shared/strings/routine";
import type { Muscles } from "@/shared/muscles/week";
import type { Fields, Row } from "@/shared/outbox/changes";
import { addExercise } from "@/shared/routine-actions";
import { Button } from "@/shared/ui/controls";
import { focusSoon } from "@/shared/ui/focus";
import { total, type Unit } from "@/shared/units/units";
import { ExerciseForm } from "./lazy-exercise-form";
import { ExerciseRow } from "./exercise-row";
import type { Day } from "./view";
import css from "./day-column.module.css";

const PAGE = 40;

interface Props {
  day: Day;
  days: string[];
  unit: Unit;
  mostKg: number;
  muscles: Muscles | null;
  onDecide: (row: Row) => void;
}

/** One day: its exercises, its volume beside that of the heaviest day, and a place to add. */
export const DayColumn = memo(function DayColumn({ day, days, unit, mostKg, muscles, onDecide }: Props) {
  const [shown, setShown] = useState(PAGE);
  const heading = useId();
  return (
    <section className={css.day} aria-labelledby={heading}>
      <header className={css.head}>
        <h2 id={heading}>{routine.day(day.name)}</h2>
        <p>{routine.exercises(day.rows.length)}</p>
        <p className={css.volume}>{day.volumeKg ? `${total(day.volumeKg, unit)} ${unit}` : routine.noVolume}</p>
      </header>
      <div className={css.track} aria-hidden>
        <div className={css.bar} style={{ inlineSize: `${mostKg ? (100 * day.volumeKg) / mostKg : 0}%` }} />
      </div>
      <ul>
        {day.rows.slice(0, shown).map((row) => (
          <ExerciseRow
            key={row.key}
            row={row}
            days={days}
            unit={unit}
            group={muscles?.groupOf(row.name) ?? null}
            isHold={muscles?.isHold(row.name) ?? false}
            onDecide={onDecide}
          />
        ))}
      </ul>
      {day.rows.length > shown && (
        <Button className={css.more} onClick={() => setShown(shown + PAGE)}>
          {routine.more(Math.min(PAGE, day.rows.length - shown))}
        </Button>
      )}
      <AddHere day={day.name} days={days} unit={unit} />
    </section>
  );
});

function AddHere({ day, days, unit }: { day: string; days: string[]; unit: Unit }) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpen(false);
    focusSoon(() => button.current);
  };
  if (isOpen) return <AddForm day={day} days={days} unit={unit} onClose={close} />;
  return (
    <Button ref={button} look="quiet" className={css.add} aria-label={routine.addTo(day)} onClick={() => setOpen(true)}>
      <Plus size={18} aria-hidden />
      {routine.add}
    </Button>
  );
}

interface AddFormProps {
  day: string;
  days: string[];
  unit: Unit;
  onClose: () => void;
  onAdded?: (day: string) => void;
}

/** It stays for the next exercise, emptied, on the day of the one before. */
export function AddForm({ day, days, unit, onClose, onAdded }: AddFormProps) {
  const add = (values: Fields) => {
    addExercise(values);
    onAdded?.(values.workout_day);
  };
  return (
    <ExerciseForm
      label={routine.adding}
      initial={newOn(day)}
      next={(added) => newOn(added.workout_day)}
      days={days}
      unit={unit}
      submit={common.add}
      onSubmit={add}
      onCancel={onClose}
    />
  );
}

function newOn(day: string): Fields {
  return { name: "", sets: 3, reps: 10, weight: null, workout_day: day };
}
