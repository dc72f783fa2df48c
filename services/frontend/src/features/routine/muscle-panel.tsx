import { memo, useState } from "react";
import { GROUP_NAMES } from "@/shared/strings/common";
import { routine } from "@/shared/strings/routine";
import type { GroupWeek } from "@/shared/muscles/week";
import { Button } from "@/shared/ui/controls";
import css from "./muscle-panel.module.css";

const words = routine.muscles;
const LONGEST = 32;
const sets = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** Weekly sets of each muscle group beside the target: as bars, or as a table that says the same. */
export const MusclePanel = memo(function MusclePanel({ week, unknown }: { week: GroupWeek[]; unknown: number }) {
  const [isTable, setTable] = useState(false);
  return (
    <section className={css.panel} aria-labelledby="muscles">
      <header className={css.head}>
        <h2 id="muscles">{words.title}</h2>
        <Button look="quiet" onClick={() => setTable(!isTable)}>
          {isTable ? words.asBars : words.asTable}
        </Button>
      </header>
      {isTable ? <Table week={week} /> : <Bars week={week} />}
      <p className={css.explain}>
        {words.explain} {!isTable && `${words.legend}.`} {unknown > 0 && words.unknown(unknown)}
      </p>
    </section>
  );
});

function Bars({ week }: { week: GroupWeek[] }) {
  const most = Math.max(LONGEST, ...week.map((one) => one.sets));
  return (
    <ul className={css.bars}>
      {week.map((one) => (
        <li key={one.group} className={css.line}>
          <span className={css.group}>{GROUP_NAMES[one.group]}</span>
          <Bar one={one} most={most} />
          <span className={css.count}>
            {sets.format(one.sets)} <span className={css.verdict}>{words.verdicts[one.verdict]}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Bar({ one, most }: { one: GroupWeek; most: number }) {
  const at = (value: number) => (100 * Math.min(value, most)) / most;
  return (
    <svg className={css.bar} viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden>
      <rect className={css.band} x={at(one.low)} width={at(one.high) - at(one.low)} y="0" height="12" />
      <rect x="0" width={at(one.sets)} y="3" height="6" fill={`var(--${one.group})`} />
    </svg>
  );
}

function Table({ week }: { week: GroupWeek[] }) {
  return (
    <table className={css.table}>
      <caption className="visually-hidden">{words.title}</caption>
      <thead>
        <tr>
          {[words.group, words.sets, words.target, words.verdict].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {week.map((one) => (
          <tr key={one.group}>
            <th scope="row">{GROUP_NAMES[one.group]}</th>
            <td>{sets.format(one.sets)}</td>
            <td>{words.band(one.low, one.high)}</td>
            <td>{words.verdicts[one.verdict]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
