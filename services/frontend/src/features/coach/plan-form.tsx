import { useForm } from "react-hook-form";
import type { PlanRequest } from "@/shared/api/schemas";
import { coach } from "@/shared/strings/coach";
import { GROUP_NAMES } from "@/shared/strings/common";
import { readStored, writeStored } from "@/shared/storage";
import { Button, Choices, Select, Stepper, TextField } from "@/shared/ui/controls";
import { parseCount } from "@/shared/units/units";
import css from "./plan-panel.module.css";

const words = coach.plan;
const KEY = "workout.equipment"; // what somebody has at home does not change from plan to plan
const FOCUSES = [["", words.anything], ...Object.entries(GROUP_NAMES)] as const;
const LEVELS = [["", words.anyLevel], ...Object.entries(words.levels)] as const;
const THINGS = Object.entries(words.things);
const LEAST = 15;
const MOST = 180;
const STEP = 5;

interface Wish {
  focus: string;
  equipment: string[];
  minutes: string;
  level: string;
  avoid: string;
}

const isList = (value: unknown): value is string[] => Array.isArray(value);

export function PlanForm({ isBusy, onAsk }: { isBusy: boolean; onAsk: (request: PlanRequest) => void }) {
  const equipment = readStored(KEY, isList) ?? ["bodyweight", "dumbbells", "barbell", "cables"];
  const form = useForm<Wish>({ defaultValues: { focus: "", equipment, minutes: "60", level: "", avoid: "" } });
  const step = (direction: 1 | -1) => {
    const minutes = Number(form.getValues("minutes")) + direction * STEP;
    form.setValue("minutes", String(Math.min(MOST, Math.max(LEAST, minutes || LEAST))), { shouldValidate: true });
  };
  const submit = form.handleSubmit((wish) => {
    writeStored(KEY, wish.equipment);
    onAsk(requestOf(wish));
  });
  const isRight = (text: string) => (parseCount(text, MOST) ?? 0) >= LEAST || words.wrongMinutes;
  return (
    <form className={css.form} aria-label={words.submit} noValidate onSubmit={(event) => void submit(event)}>
      <Select label={words.focus} options={FOCUSES} {...form.register("focus")} />
      <Stepper
        label={words.minutes}
        hint={words.minutesHint}
        inputMode="numeric"
        error={form.formState.errors.minutes?.message}
        onStep={step}
        {...form.register("minutes", { validate: isRight })}
      />
      <Choices legend={words.equipment} kind="checkbox" options={THINGS} {...form.register("equipment")} />
      <Select label={words.level} options={LEVELS} {...form.register("level")} />
      <TextField label={words.avoid} hint={words.avoidHint} maxLength={200} {...form.register("avoid")} />
      <Button type="submit" look="primary" disabled={isBusy}>
        {isBusy ? words.busy : words.submit}
      </Button>
    </form>
  );
}

export function requestOf(wish: Wish): PlanRequest {
  const avoid = wish.avoid.split(",").map((part) => part.trim().slice(0, 40)).filter(Boolean);
  return {
    focus_area: (wish.focus || null) as NonNullable<PlanRequest["focus_area"]> | null,
    equipment_available: wish.equipment,
    session_duration_minutes: Number(wish.minutes),
    level: (wish.level || null) as NonNullable<PlanRequest["level"]> | null,
    avoid: avoid.slice(0, 10),
  };
}
