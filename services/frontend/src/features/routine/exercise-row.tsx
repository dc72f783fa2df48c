import { memo, useEffect, useRef, useState } from "react";
import { CloudUpload, Copy, Trash2, TriangleAlert } from "lucide-react";
import { common } from "@/shared/strings/common";
import { routine } from "@/shared/strings/routine";
import type { Fields, Row } from "@/shared/outbox/changes";
import { deleteExercise, duplicateExercise, editExercise } from "@/shared/routine-actions";
import { Button } from "@/shared/ui/controls";
import { focusSoon } from "@/shared/ui/focus";
import { shown, type Unit } from "@/shared/units/units";
import { ExerciseForm } from "./lazy-exercise-form";
import { keepOpen } from "./opened";
import css from "./exercise-row.module.css";

const LONG = 36; // letters: beside its numbers such a name would be a column of single words

interface Props {
  row: Row;
  days: string[];
  unit: Unit;
  group: string | null;
  isHold: boolean;
  onDecide: (row: Row) => void;
}

/** A line of the routine. Tapping a part of it opens the form at that part. */
export const ExerciseRow = memo(function ExerciseRow({ row, days, unit, group, isHold, onDecide }: Props) {
  const [focus, setFocus] = useState<keyof Fields | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setFocus(null);
    focusSoon(() => button.current);
  };
  if (focus) {
    return (
      <li>
        <Editor row={row} days={days} unit={unit} focus={focus} onClose={close} />
      </li>
    );
  }
  const open = (event: React.MouseEvent) => {
    const part = (event.target as HTMLElement).closest<HTMLElement>("[data-field]");
    setFocus((part?.dataset.field as keyof Fields | undefined) ?? "sets");
  };
  return (
    <li className={css.item}>
      <button ref={button} type="button" className={css.row} data-row={row.key} data-long={row.name.length > LONG} onClick={open}>
        <span className={css.name} data-field="name">
          <span className={css.dot} style={group ? { background: `var(--${group})` } : undefined} />
          <span className={css.text}>
            {row.name}
            <span className="visually-hidden">, </span>
          </span>
        </span>
        <span className={css.numbers}>
          <span data-field="sets">{row.sets}</span>
          <span className={css.times}>×</span>
          <span data-field="reps">{row.reps}</span>
          {isHold && <span className={css.unit}> {routine.seconds}</span>}
        </span>
        <Weight kg={row.weight} unit={unit} />
        <span className="visually-hidden">, {routine.edit}</span>
      </button>
      {row.change && <Pending row={row} onDecide={onDecide} />}
    </li>
  );
});

function Weight({ kg, unit }: { kg: number | null; unit: Unit }) {
  if (kg === null) {
    return (
      <span className={`${css.weight} ${css.body}`} data-field="weight">
        {routine.bodyweight}
      </span>
    );
  }
  return (
    <span className={css.weight} data-field="weight">
      {shown(kg, unit)} <span className={css.unit}>{unit}</span>
    </span>
  );
}

function Pending({ row, onDecide }: { row: Row; onDecide: (row: Row) => void }) {
  const state = row.change?.state;
  if (state === "conflict" || state === "refused") {
    return (
      <div className={css.decide}>
        <TriangleAlert size={16} aria-hidden />
        {routine.pending[state]}
        <Button onClick={() => onDecide(row)}>{routine.decide}</Button>
      </div>
    );
  }
  return (
    <span className={css.pending} title={routine.pending.waiting}>
      <CloudUpload size={14} aria-hidden />
      <span className="visually-hidden">{routine.pending.waiting}</span>
    </span>
  );
}

interface EditorProps extends Pick<Props, "row" | "days" | "unit"> {
  focus: keyof Fields;
  onClose: () => void;
}

function Editor({ row, days, unit, focus, onClose }: EditorProps) {
  // What the person saw when they began: that is what they change, whatever arrives while they type.
  const [seen] = useState(row);
  useEffect(() => keepOpen(seen), [seen]);
  const finish = (act: () => void) => () => {
    onClose();
    act();
  };
  const save = (values: Fields) => finish(() => editExercise({ ...seen, id: row.id }, values))();
  const remove = (event: React.MouseEvent) => {
    const line = event.currentTarget.closest("li");
    const near = line?.nextElementSibling ?? line?.previousElementSibling;
    finish(() => deleteExercise(row))();
    focusSoon(() => near?.querySelector<HTMLElement>("[data-row]"));
  };
  return (
    <ExerciseForm
      label={routine.editing(row.name)}
      initial={seen}
      days={days}
      unit={unit}
      focus={focus}
      submit={common.save}
      onSubmit={save}
      onCancel={onClose}
    >
      <span className={css.spacer} />
      <Button look="quiet" onClick={finish(() => duplicateExercise(row))}>
        <Copy size={18} aria-hidden />
        {routine.duplicate}
      </Button>
      <Button look={["quiet", "danger"]} onClick={remove}>
        <Trash2 size={18} aria-hidden />
        {routine.delete}
      </Button>
    </ExerciseForm>
  );
}
