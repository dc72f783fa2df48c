import { type Ref, useCallback, useDeferredValue, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Link } from "wouter";
import { Plus } from "lucide-react";
import { useRoutine } from "@/shared/exercises";
import { useAddress } from "@/shared/navigation";
import { useMuscles } from "@/shared/muscles/use-muscles";
import type { Muscles } from "@/shared/muscles/week";
import type { Row } from "@/shared/outbox/changes";
import { LoginForm } from "@/shared/session/lazy-login-form";
import { routine } from "@/shared/strings/routine";
import { Button, buttonClass } from "@/shared/ui/controls";
import { Empty, ErrorNote } from "@/shared/ui/feedback";
import { focusSoon } from "@/shared/ui/focus";
import { PageHead } from "@/shared/ui/page-head";
import { total, type Unit } from "@/shared/units/units";
import { useUnit } from "@/shared/units/preferences";
import { AddForm, DayColumn } from "./day-column";
import { DayTabs } from "./day-tabs";
import { DecisionDialog } from "./decision-dialog";
import { usePreloadedForm } from "./lazy-exercise-form";
import { MusclePanel } from "./muscle-panel";
import { useOpened, withOpened } from "./opened";
import { RoutineSkeleton } from "./routine-skeleton";
import { ShortcutsDialog } from "./shortcuts-dialog";
import { Toolbar } from "./toolbar";
import { UnitSwitch } from "./unit-switch";
import { useShortcuts } from "./use-shortcuts";
import { byDay, dayNames, dayToAddTo, routineSearch, selected, sumKg } from "./view";
import css from "./routine-page.module.css";

export function RoutinePage() {
  const { rows: read, error, isPending, isClosed, refetch } = useRoutine();
  const open = useOpened();
  const rows = useMemo(() => read && withOpened(read, open), [read, open]);
  usePreloadedForm();
  if (rows) return <Routine rows={rows} error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHead title={routine.title} />
      {isPending ? <RoutineSkeleton /> : <Failed error={error} isClosed={isClosed} onRetry={() => void refetch()} />}
    </>
  );
}

function Failed({ error, isClosed, onRetry }: { error: unknown; isClosed: boolean; onRetry: () => void }) {
  if (isClosed) {
    return (
      <Empty title={routine.private.title} text={routine.private.text}>
        <LoginForm />
      </Empty>
    );
  }
  return <ErrorNote error={error} onRetry={onRetry} />;
}

interface RoutineProps {
  rows: Row[];
  error: unknown;
  onRetry: () => void;
}

function Routine({ rows, error, onRetry }: RoutineProps) {
  const unit = useUnit();
  const [isAdding, setAdding] = useState(false);
  const [lastDay, setLastDay] = useState<string>();
  const [isHelping, setHelping] = useState(false);
  const [areToolsOpen, setToolsOpen] = useState(location.search.length > 1);
  const [deciding, setDeciding] = useState<string | null>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const addButton = useRef<HTMLButtonElement>(null);
  const add = useCallback(() => setAdding(true), []);
  const close = () => {
    setAdding(false);
    focusSoon(() => addButton.current);
  };
  useShortcuts({
    search: useCallback(() => {
      flushSync(() => setToolsOpen(true));
      searchField.current?.focus();
    }, []),
    add,
    help: useCallback(() => setHelping(true), []),
  });
  const days = useMemo(() => dayNames(rows), [rows]);
  const decide = useCallback((row: Row) => setDeciding(row.key), []);
  return (
    <>
      <PageHead title={routine.title} summary={rows.length ? summaryOf(rows, days, unit) : ""} aside={<UnitSwitch />}>
        {rows.length > 0 && <AddMain ref={addButton} onAdd={add} />}
      </PageHead>
      {error !== null && <ErrorNote error={error} onRetry={onRetry} />}
      {isAdding && <AddAnywhere days={days} last={lastDay} onAdded={setLastDay} onClose={close} />}
      {rows.length ? (
        <Lines
          rows={rows}
          days={days}
          tools={{ searchField, isOpen: areToolsOpen, onFold: setToolsOpen }}
          onDecide={decide}
        />
      ) : (
        !isAdding && <NoExercises ref={addButton} onAdd={add} />
      )}
      <Decision row={rows.find((row) => row.key === deciding)} onClose={() => setDeciding(null)} />
      {isHelping && <ShortcutsDialog onClose={() => setHelping(false)} />}
    </>
  );
}

interface AddAnywhereProps {
  days: string[];
  last: string | undefined;
  onAdded: (day: string) => void;
  onClose: () => void;
}

function AddAnywhere({ days, last, onAdded, onClose }: AddAnywhereProps) {
  const [search] = useAddress(routineSearch);
  const unit = useUnit();
  const day = dayToAddTo(search.day, last, days);
  return <AddForm day={day} days={days} unit={unit} onAdded={onAdded} onClose={onClose} />;
}

interface AddProps {
  ref: Ref<HTMLButtonElement>;
  onAdd: () => void;
}

function AddMain({ ref, onAdd }: AddProps) {
  return (
    <Button ref={ref} look="primary" className={css.addMain ?? ""} aria-keyshortcuts="n" onClick={onAdd}>
      <Plus size={18} aria-hidden />
      {routine.add}
    </Button>
  );
}

function Decision({ row, onClose }: { row: Row | undefined; onClose: () => void }) {
  const unit = useUnit();
  return row?.change ? <DecisionDialog row={row} change={row.change} unit={unit} onClose={onClose} /> : null;
}

function summaryOf(rows: Row[], days: string[], unit: Unit): string {
  return routine.summary(rows.length, days.length, `${total(sumKg(rows), unit)} ${unit}`);
}

interface LinesProps {
  rows: Row[];
  days: string[];
  tools: React.ComponentProps<typeof Toolbar>;
  onDecide: (row: Row) => void;
}

const nothing = () => null;

function Lines({ rows, days, tools, onDecide }: LinesProps) {
  const [wanted, setSearch] = useAddress(routineSearch);
  const search = useDeferredValue(wanted); // what is typed shows at once, and the lines as soon as they can
  const unit = useUnit();
  const muscles = useMuscles();
  const groupOf = muscles?.groupOf ?? nothing;
  const left = useMemo(() => selected(rows, search, groupOf), [rows, search, groupOf]);
  const columns = useMemo(() => byDay(left), [left]);
  const week = useMemo(() => muscles && weekOf(rows, muscles), [rows, muscles]);
  const mostKg = Math.max(...columns.map((day) => day.volumeKg));
  return (
    <>
      <Toolbar {...tools} />
      <DayTabs days={days} search={wanted} />
      <p className="visually-hidden" role="status">
        {search.q || search.muscle ? routine.found(left.length, rows.length) : ""}
      </p>
      {columns.length === 0 && <NothingFound onClear={() => setSearch({})} />}
      <div className={css.columns}>
        {columns.map((day) => (
          <div key={day.name} className={css.column} data-hidden={search.day !== undefined && search.day !== day.name}>
            <DayColumn day={day} days={days} unit={unit} mostKg={mostKg} muscles={muscles} onDecide={onDecide} />
          </div>
        ))}
      </div>
      {week && <MusclePanel {...week} />}
    </>
  );
}

function weekOf(rows: Row[], muscles: Muscles) {
  return { week: muscles.week(rows), unknown: rows.filter((row) => muscles.groupOf(row.name) === null).length };
}

function NothingFound({ onClear }: { onClear: () => void }) {
  return (
    <Empty title={routine.nothingFound.title} text={routine.nothingFound.text}>
      <Button onClick={onClear}>{routine.nothingFound.clear}</Button>
    </Empty>
  );
}

function NoExercises({ ref, onAdd }: AddProps) {
  return (
    <Empty title={routine.empty.title} text={routine.empty.text}>
      <div className={css.choices}>
        <Button ref={ref} look="primary" onClick={onAdd}>
          {routine.add}
        </Button>
        <Link className={buttonClass()} href="/coach">
          {routine.empty.coach}
        </Link>
      </div>
    </Empty>
  );
}
