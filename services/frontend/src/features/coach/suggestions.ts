import type { GroupWeek } from "@/shared/muscles/week";
import { GROUP_NAMES } from "@/shared/strings/common";
import { coach } from "@/shared/strings/coach";

const MOST = 3;
const words = coach.chat;

/** Questions that come from the routine's own gaps, then general ones. */
export function suggestions(week: readonly GroupWeek[]): string[] {
  const sets = (one: GroupWeek) => one.sets.toLocaleString(undefined, { maximumFractionDigits: 1 });
  const name = (one: GroupWeek) => (GROUP_NAMES[one.group] ?? one.group).toLowerCase();
  const isEmpty = week.every((one) => one.sets === 0);
  const gaps = isEmpty ? [] : week.filter((one) => one.verdict === "below");
  gaps.sort((one, other) => one.sets / one.low - other.sets / other.low);
  const much = week.filter((one) => one.verdict === "above");
  return [
    ...gaps.slice(0, 2).map((one) => words.gap(name(one), sets(one), one.low)),
    ...much.slice(0, 1).map((one) => words.much(name(one), sets(one))),
    ...words.fixed,
  ].slice(0, MOST);
}
