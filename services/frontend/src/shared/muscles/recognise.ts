import type { Catalogue } from "./catalogue";
import { reader } from "./words";

/** What a name works, whether its sets count (running is no set), and whether it is held for seconds. */
export interface Work {
  primary: string;
  secondary: string[];
  counts: boolean;
  isHold: boolean;
}

type Rule = Catalogue["rules"][number];

/** A lighter twin of `training.recognition`: without the correction of spelling. */
export function recogniser(catalogue: Catalogue): (name: string) => Work | null {
  const words = reader(catalogue);
  const modifiers = new Set(catalogue.modifiers);
  const groups = [...catalogue.groups, "full_body"]; // the order of `training.model.MUSCLE_GROUPS`
  const names = new Map(Object.entries(catalogue.names).flatMap(([work, all]) => all.map((name) => [name, work] as const)));
  const byLength = [...names].map(([name, work]) => ({ parts: name.split(" "), work }));
  byLength.sort((one, other) => other.parts.length - one.parts.length);
  const seen = new Map<string, Work | null>();

  const find = (name: string): Work | null => {
    const said = words(name);
    const work = names.get([...said].sort().join(" "));
    if (work) return decoded(work, groups);
    const part = contained(said);
    const like = part?.work ?? ruled(catalogue.rules, said);
    return like ? { ...decoded(like, groups), isHold: like.endsWith("s") && isOnly(said, part?.parts ?? []) } : null;
  };

  /** A side plank that is weighted is a hold, too; one with a rotation is none. */
  const isOnly = (said: string[], parts: string[]) => said.every((word) => parts.includes(word) || modifiers.has(word));

  /** The longest name that is among the words. A name of one word may stand only beside words on how it is done. */
  const contained = (said: string[]) => {
    const there = new Set(said);
    return byLength.find(
      ({ parts }) =>
        parts.every((part) => there.has(part)) &&
        (parts.length > 1 || isOnly(said, parts)),
    );
  };

  return (name) => {
    const known = seen.get(name);
    if (known !== undefined) return known;
    const found = find(name);
    seen.set(name, found);
    return found;
  };
}

/** The first rule that fits decides, if only that nothing is known. */
function ruled(rules: Rule[], said: string[]): string | undefined {
  const there = new Set(said);
  const has = (word: string) => there.has(word);
  return rules.find(([all, any, none]) => all.every(has) && (!any.length || any.some(has)) && !none.some(has))?.[3];
}

function decoded(work: string, groups: string[]): Work {
  const found = (work.match(/\d/g) ?? []).map((digit) => groups[Number(digit)] as string);
  return { primary: found[0] as string, secondary: found.slice(1), counts: !work.includes("!"), isHold: work.endsWith("s") };
}
