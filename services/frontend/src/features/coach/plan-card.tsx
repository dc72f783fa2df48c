import { Check, Plus } from "lucide-react";
import { useState } from "react";
import type { Plan, PlanExercise } from "@/shared/api/schemas";
import type { Row } from "@/shared/outbox/changes";
import { addExercise } from "@/shared/routine-actions";
import { coach } from "@/shared/strings/coach";
import { GROUP_NAMES } from "@/shared/strings/common";
import { Button, TextField } from "@/shared/ui/controls";
import { nextDay, repsOf } from "./plan";
import { SourceNote } from "./source-note";
import css from "./plan-card.module.css";

const words = coach.plan;

interface Props {
  plan: Plan;
  rows: Row[];
  mayAdd: boolean;
}

/** A session to look at, and to take from what one likes. */
export function PlanCard({ plan, rows, mayAdd }: Props) {
  const [day, setDay] = useState(() => nextDay(rows.map((row) => row.workout_day)));
  const [added, setAdded] = useState<ReadonlyMap<number, string>>(new Map());
  const isAdded = (at: number) => rows.some((row) => row.key === added.get(at));
  const add = (at: number, exercise: PlanExercise) => {
    const workout_day = day.trim().slice(0, 10) || "A";
    const { name, sets } = exercise;
    setAdded(new Map(added).set(at, addExercise({ name, sets, reps: repsOf(exercise.reps), weight: null, workout_day })));
  };
  return (
    <article className={css.card} aria-labelledby="plan">
      <header className={css.head}>
        <h2 id="plan">{plan.title}</h2>
        <p className={css.facts}>
          {words.duration(plan.estimated_duration_minutes)} · {words.levels[plan.difficulty]}
        </p>
        <p>{plan.description}</p>
      </header>
      {mayAdd && plan.exercises.length > 0 && (
        <div className={css.day}>
          <TextField label={words.day} maxLength={10} value={day} onChange={(event) => setDay(event.target.value)} />
        </div>
      )}
      <ol className={css.list}>
        {plan.exercises.map((exercise, at) => (
          <Line key={at} exercise={exercise} isAdded={isAdded(at)} onAdd={mayAdd ? () => add(at, exercise) : null} />
        ))}
      </ol>
      {plan.exercises.length === 0 && <p>{words.nothing}</p>}
      {plan.tips.length > 0 && (
        <section className={css.tips}>
          <h3>{words.tips}</h3>
          <ul>
            {plan.tips.map((tip) => (
              <li key={tip}>{tip}</li>
            ))}
          </ul>
        </section>
      )}
      <SourceNote source={plan.source} model={plan.model} />
    </article>
  );
}

interface LineProps {
  exercise: PlanExercise;
  isAdded: boolean;
  onAdd: (() => void) | null;
}

function Line({ exercise, isAdded, onAdd }: LineProps) {
  const { name, sets, reps, weight_suggestion, notes, muscle_group } = exercise;
  return (
    <li className={css.line}>
      <div className={css.what}>
        <p className={css.name}>
          <span className={css.dot} style={{ background: `var(--${muscle_group})` }} />
          <span className={css.text}>{name}</span>
          <span className={css.group}>{GROUP_NAMES[muscle_group]}</span>
        </p>
        <p className={css.numbers}>
          <strong>{words.sets(sets, reps)}</strong>
          {weight_suggestion && <span> {weight_suggestion}</span>}
        </p>
        {notes && <p className={css.notes}>{notes}</p>}
      </div>
      {isAdded ? (
        <p className={css.added} role="status">
          <Check size={18} aria-hidden />
          {words.added}
        </p>
      ) : (
        onAdd && (
          <Button aria-label={words.add(name)} onClick={onAdd}>
            <Plus size={18} aria-hidden />
            {words.addShort}
          </Button>
        )
      )}
    </li>
  );
}
