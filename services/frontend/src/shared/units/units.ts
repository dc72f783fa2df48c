/** Weights as people type them. The services know kilograms alone. */
export type Unit = "kg" | "lb";

const KG_PER_LB = 0.45359237;
const STEP: Record<Unit, number> = { kg: 2.5, lb: 5 };
const MAX_KG = 1_000_000;

export function fromKg(kg: number, unit: Unit): number {
  return rounded(unit === "kg" ? kg : kg / KG_PER_LB, 2);
}

/** Exact enough that `fromKg` gives back what was typed, to the hundredth. */
export function toKg(weight: number, unit: Unit): number {
  return unit === "kg" ? weight : rounded(weight * KG_PER_LB, 6);
}

export function stepOf(unit: Unit): number {
  return STEP[unit];
}

/** `82.5` and `82,5`; undefined for what is no number of at least 0 with a sensible size. */
export function parseNumber(text: string): number | undefined {
  const plain = text.trim().replace(",", ".");
  if (!/^(\d+\.?\d*|\.\d+)$/.test(plain)) return undefined;
  const value = Number(plain);
  return value <= MAX_KG ? value : undefined;
}

/** What a weight field holds, in kilograms; null is bodyweight, undefined is no weight. */
export function parseWeight(text: string, unit: Unit): number | null | undefined {
  if (!text.trim()) return null;
  const value = parseNumber(text);
  return value === undefined ? undefined : toKg(value, unit);
}

/** A whole number from 1 to `most`, or undefined. */
export function parseCount(text: string, most: number): number | undefined {
  const value = /^\s*\d{1,6}\s*$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= most ? value : undefined;
}

/** For a field: no thousands separators, the decimal sign of the locale. */
export function typed(kg: number | null, unit: Unit, locale?: string): string {
  if (kg === null) return "";
  return inField(fromKg(kg, unit), locale);
}

/** In the digits that `parseNumber` reads, whatever those of the locale are. */
export function inField(value: number, locale?: string): string {
  const options = { maximumFractionDigits: 2, useGrouping: false, numberingSystem: "latn" } as const;
  return new Intl.NumberFormat(locale, options).format(value);
}

/** For reading: at most two decimals, and only where needed. */
export function shown(kg: number, unit: Unit, locale?: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(fromKg(kg, unit));
}

/** For sums: no decimals. */
export function total(kg: number, unit: Unit, locale?: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(fromKg(kg, unit));
}

function rounded(value: number, decimals: number): number {
  return Number(`${Math.round(Number(`${value}e${decimals}`))}e-${decimals}`);
}
