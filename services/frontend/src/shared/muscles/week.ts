import type { Catalogue } from "./catalogue";
import { recogniser, type Work } from "./recognise";

const DIRECT = 1;
const INDIRECT = 0.5;
const WHOLE_BODY_SHARE = 0.5;

export interface GroupWeek {
  group: string;
  sets: number;
  low: number;
  high: number;
  verdict: "below" | "within" | "above";
}

export interface Muscles {
  /** The group to show beside a name. */
  groupOf: (name: string) => string | null;
  /** Its repetitions are seconds. */
  isHold: (name: string) => boolean;
  /** Sets a week for every group, as `training.weekly` counts them when each day comes once a week. */
  week: (lines: readonly { name: string; sets: number }[]) => GroupWeek[];
}

export function muscles(catalogue: Catalogue): Muscles {
  const recognise = recogniser(catalogue);
  const week: Muscles["week"] = (lines) => {
    const sums = new Map(catalogue.groups.map((group) => [group, 0]));
    for (const line of lines) {
      for (const [group, share] of shares(recognise(line.name), catalogue.groups)) {
        sums.set(group, (sums.get(group) ?? 0) + share * line.sets);
      }
    }
    return catalogue.groups.map((group) => {
      const [low, high] = catalogue.bands[group] ?? [0, 0];
      const sets = sums.get(group) ?? 0;
      return { group, sets, low, high, verdict: sets < low ? "below" : sets <= high ? "within" : "above" };
    });
  };
  return { groupOf: (name) => recognise(name)?.primary ?? null, isHold: (name) => recognise(name)?.isHold ?? false, week };
}

/** What a set gives to each group; nothing for what is not recognised. */
function shares(work: Work | null, all: readonly string[]): Map<string, number> {
  const given = new Map<string, number>();
  if (!work?.counts) return given;
  const named: [string, number][] = work.secondary.map((one) => [one, INDIRECT]);
  named.push([work.primary, DIRECT]);
  for (const [group, share] of named) {
    const part = group === "full_body" ? share * WHOLE_BODY_SHARE : share;
    for (const one of group === "full_body" ? all : [group]) given.set(one, Math.max(given.get(one) ?? 0, part));
  }
  return given;
}
