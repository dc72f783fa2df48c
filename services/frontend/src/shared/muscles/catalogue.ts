/** What `scripts/describe.py` writes of `packages/training`. */
export interface Catalogue {
  groups: string[];
  bands: Record<string, [low: number, high: number]>;
  /** Names as sorted words, by what they work: digits of groups, `!` for what counts as no set, `s` for a hold. */
  names: Record<string, string[]>;
  rules: [all: string[], any: string[], none: string[], work: string][];
  noise: string[];
  modifiers: string[];
  synonyms: Record<string, string>;
  phrases: Record<string, string>;
}
