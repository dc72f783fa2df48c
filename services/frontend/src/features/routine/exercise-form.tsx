import { useForm, type UseFormReturn } from "react-hook-form";
import { Button, Stepper, TextField } from "@/shared/ui/controls";
import { common } from "@/shared/strings/common";
import { routine } from "@/shared/strings/routine";
import type { Fields } from "@/shared/outbox/changes";
import { inField, parseCount, parseNumber, parseWeight, stepOf, typed, type Unit } from "@/shared/units/units";
import { type ComponentProps, type ReactNode, useEffect, useId, useRef, useState } from "react";
import css from "./exercise-form.module.css";

type Field = keyof Fields;
type Typed = Record<Field, string>;

const MOST = { sets: 100, reps: 1000 } as const;

interface Props {
  label: string;
  initial: Fields;
  days: string[];
  unit: Unit;
  focus?: Field;
  submit: string;
  onSubmit: (values: Fields) => void;
  /** What the form holds after that, if it stays. */
  next?: (saved: Fields) => Fields;
  onCancel: () => void;
  children?: ReactNode;
}

/** The fields of an exercise, in place. Enter saves, Escape leaves what was not saved as it was. */
export function ExerciseForm(props: Props) {
  const { label, initial, days, unit, focus = "name", submit, onCancel, children } = props;
  const form = useForm<Typed>({ defaultValues: typedFields(initial, unit) });
  const { errors } = form.formState;
  const { setFocus } = form;
  useEffect(() => setFocus(focus, { shouldSelect: true }), [setFocus, focus]);
  const { save, change, hasSaved } = useSaving(form, props);
  useConverted(form, initial, unit);
  const field = (name: Field) => ({
    ...form.register(name, { validate: (text) => isRight(name, text, unit) || routine.wrong[name] }),
    error: errors[name]?.message,
    onFocus: (event: React.FocusEvent<HTMLInputElement>) => event.target.select(),
  });
  const step = (name: "sets" | "reps" | "weight") => (direction: 1 | -1) => {
    change();
    form.setValue(name, stepped(form.getValues(name), name, direction, unit), { shouldDirty: true, shouldValidate: true });
  };
  const escape = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") onCancel();
  };
  return (
    // The form listens to what its fields let through; it is nothing to press.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      className={css.form}
      aria-label={label}
      noValidate
      onSubmit={save}
      onInput={change}
      onKeyDown={escape}
    >
      <div className={css.name}>
        <TextField label={routine.fields.name} maxLength={100} autoComplete="off" {...field("name")} />
      </div>
      <Stepper label={routine.fields.sets} inputMode="numeric" onStep={step("sets")} {...field("sets")} />
      <Stepper label={routine.fields.reps} hint={routine.repsHint} inputMode="numeric" onStep={step("reps")} {...field("reps")} />
      <div className={css.weight}>
        <Stepper
          label={routine.fields.weight(unit)}
          inputMode="decimal"
          placeholder={routine.bodyweight}
          onStep={step("weight")}
          {...field("weight")}
        />
      </div>
      <DayField days={days} {...field("workout_day")} />
      <div className={css.actions}>
        <Button type="submit" look="primary">
          {submit}
        </Button>
        <Button onClick={onCancel}>{hasSaved ? common.done : common.cancel}</Button>
        {children}
      </div>
    </form>
  );
}

/** Each press saves once: what was saved is not saved again until something else is typed. */
function useSaving(form: UseFormReturn<Typed>, { initial, unit, focus = "name", onSubmit, next }: Props) {
  const [hasSaved, setSaved] = useState(false);
  const isPressed = useRef(false); // a second press may come before the form has gone, or is empty
  const change = () => {
    isPressed.current = false;
  };
  const take = (values: Typed) => {
    const saved = read(values, initial, unit);
    onSubmit(saved);
    setSaved(true);
    if (!next) return;
    form.reset(typedFields(next(saved), unit), { keepFieldsRef: true }); // so that one of them can be focused at once
    form.setFocus(focus);
  };
  const save = (event: React.SyntheticEvent) => {
    event.preventDefault();
    if (isPressed.current) {
      form.setFocus(focus);
      return;
    }
    isPressed.current = true;
    void form.handleSubmit(take, change)(event);
  };
  return { save, change, hasSaved };
}

/** What is being typed goes on in the other unit when that is chosen meanwhile. */
function useConverted(form: UseFormReturn<Typed>, { weight }: Fields, unit: Unit): void {
  const before = useRef(unit);
  useEffect(() => {
    if (before.current === unit) return;
    const kg = enteredWeight(form.getValues("weight"), weight, before.current);
    if (kg !== undefined) form.setValue("weight", typed(kg, unit));
    before.current = unit;
  }, [form, weight, unit]);
}

type DayProps = Omit<ComponentProps<typeof TextField>, "label" | "list"> & { days: string[] };

/** A day of the routine's, or a new one. */
function DayField({ days, ...field }: DayProps) {
  const list = useId();
  return (
    <div className={css.day}>
      <TextField label={routine.fields.workout_day} maxLength={10} list={list} {...field} />
      <datalist id={list}>
        {days.map((day) => (
          <option key={day} value={day} />
        ))}
      </datalist>
    </div>
  );
}

function typedFields(fields: Fields, unit: Unit): Typed {
  const { name, sets, reps, weight, workout_day } = fields;
  return { name, sets: String(sets), reps: String(reps), weight: typed(weight, unit), workout_day };
}

function isRight(name: Field, text: string, unit: Unit): boolean {
  if (name === "weight") return parseWeight(text, unit) !== undefined;
  if (name === "name" || name === "workout_day") return text.trim().length > 0;
  return parseCount(text, MOST[name]) !== undefined;
}

/** A weight that was not touched stays to the last digit, whatever unit it is shown in. */
function enteredWeight(text: string, initial: number | null, unit: Unit): number | null | undefined {
  return text === typed(initial, unit) ? initial : parseWeight(text, unit);
}

function read(values: Typed, initial: Fields, unit: Unit): Fields {
  return {
    name: values.name.trim(),
    sets: Number(values.sets),
    reps: Number(values.reps),
    weight: enteredWeight(values.weight, initial.weight, unit) ?? null,
    workout_day: values.workout_day.trim(),
  };
}

function stepped(text: string, name: "sets" | "reps" | "weight", direction: 1 | -1, unit: Unit): string {
  const size = name === "weight" ? stepOf(unit) : 1;
  const next = (parseNumber(text) ?? 0) + direction * size;
  if (name !== "weight") return String(Math.min(Math.max(next, 1), MOST[name]));
  return next <= 0 ? "" : inField(next);
}
