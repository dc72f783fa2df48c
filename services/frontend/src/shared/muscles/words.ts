import type { Catalogue } from "./catalogue";

const MAX_LENGTH = 100;

/** One spelling for what people type, as in `training.spelling`. */
export function reader(catalogue: Catalogue): (text: string) => string[] {
  const noise = new Set(catalogue.noise);
  const synonyms = split(catalogue.synonyms);
  const phrases = split(catalogue.phrases);
  const canonical = (word: string) => {
    const one = singular(word);
    return synonyms.get(word) ?? synonyms.get(one) ?? [one];
  };
  const joined = (raw: string[]) => {
    const found: string[] = [];
    for (let at = 0; at < raw.length; at += 1) {
      const phrase = phrases.get(`${raw[at]} ${raw[at + 1]}`);
      found.push(...(phrase ?? [raw[at] as string]));
      if (phrase) at += 1;
    }
    return found;
  };
  return (text) => joined(plain(text).flatMap(canonical)).filter((word) => !noise.has(word) && !/^\d/.test(word));
}

function split(table: Record<string, string>): Map<string, string[]> {
  return new Map(Object.entries(table).map(([word, other]) => [word, other.split(" ")]));
}

function plain(text: string): string[] {
  const cut = text.slice(0, MAX_LENGTH).replace(/['’‘`´]/g, "");
  return cut.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").match(/[a-z0-9]+/g) ?? [];
}

function singular(word: string): string {
  if (word.length <= 3 || !word.endsWith("s") || /(ss|us|is)$/.test(word)) return word;
  return /(sses|shes|ches|xes)$/.test(word) ? word.slice(0, -2) : word.slice(0, -1);
}
