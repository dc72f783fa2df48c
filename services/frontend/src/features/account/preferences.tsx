import { account } from "@/shared/strings/account";
import { routine } from "@/shared/strings/routine";
import { Choices } from "@/shared/ui/controls";
import { prefer, type Theme, usePreferences } from "@/shared/units/preferences";
import type { Unit } from "@/shared/units/units";
import css from "./account-page.module.css";

const UNITS = Object.entries(routine.units);
const THEMES = Object.entries(account.themes);

export function Preferences() {
  const { unit, theme } = usePreferences();
  return (
    <section className={css.part} aria-labelledby="preferences">
      <h2 id="preferences">{account.preferences}</h2>
      <Choices
        legend={routine.unit}
        kind="radio"
        name="unit"
        options={UNITS}
        selected={unit}
        onChange={(event) => prefer({ unit: event.target.value as Unit })}
      />
      <Choices
        legend={account.theme}
        kind="radio"
        name="theme"
        options={THEMES}
        selected={theme}
        onChange={(event) => prefer({ theme: event.target.value as Theme })}
      />
    </section>
  );
}
