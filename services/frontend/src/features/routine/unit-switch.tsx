import { routine } from "@/shared/strings/routine";
import { prefer, useUnit } from "@/shared/units/preferences";
import type { Unit } from "@/shared/units/units";
import css from "./unit-switch.module.css";

const UNITS: readonly Unit[] = ["kg", "lb"];

/** The choice of the account page, where the weights are read. */
export function UnitSwitch() {
  const unit = useUnit();
  return (
    <fieldset className={css.switch}>
      <legend className="visually-hidden">{routine.unit}</legend>
      {UNITS.map((one) => (
        <label key={one} className={css.unit} title={routine.units[one]}>
          <input
            type="radio"
            name="routine-unit"
            className="visually-hidden"
            aria-label={routine.units[one]}
            checked={one === unit}
            onChange={() => prefer({ unit: one })}
          />
          <span className={css.face}>{one}</span>
        </label>
      ))}
    </fieldset>
  );
}
