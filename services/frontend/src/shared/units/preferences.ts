import { createStore, useStore } from "@/shared/store";
import { readStored, writeStored } from "@/shared/storage";
import type { Unit } from "./units";

export type Theme = "system" | "light" | "dark";

interface Preferences {
  unit: Unit;
  theme: Theme;
}

const KEY = "workout.preferences";
const UNITS: unknown[] = ["kg", "lb"] satisfies Unit[];
const THEMES: unknown[] = ["system", "light", "dark"] satisfies Theme[];
const POUNDS = ["en-US", "en-LR", "my-MM"];

function isPreferences(value: unknown): value is Preferences {
  const { unit, theme } = (value ?? {}) as Partial<Preferences>;
  return UNITS.includes(unit) && THEMES.includes(theme);
}

const first: Preferences = { unit: POUNDS.includes(navigator.language) ? "lb" : "kg", theme: "system" };
const preferences = createStore<Preferences>(readStored(KEY, isPreferences) ?? first);

export const usePreferences = (): Preferences => useStore(preferences);
export const useUnit = (): Unit => usePreferences().unit;

export function prefer(changes: Partial<Preferences>): void {
  const next = { ...preferences.get(), ...changes };
  preferences.set(next);
  writeStored(KEY, next);
  show(next.theme);
}

/** The system's choice stands in the style sheet; a choice of one's own overrides it. */
function show(theme: Theme): void {
  if (theme === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.setAttribute("data-theme", theme);
}

/** Another tab has chosen. */
addEventListener("storage", (event: StorageEvent) => {
  const theirs = event.key === KEY && readStored(KEY, isPreferences);
  if (!theirs) return;
  preferences.set(theirs);
  show(theirs.theme);
});

show(preferences.get().theme);
