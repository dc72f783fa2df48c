const MOST_REPS = 1000;

/** A plan says "8-12" or "30 s each side"; a routine holds one number: the first, which is where one starts. */
export function repsOf(text: string): number {
  const found = Number(/\d+/.exec(text)?.[0] ?? 10);
  return Math.min(Math.max(found, 1), MOST_REPS);
}

/** A day that the routine does not have yet: after A, B and C comes D. */
export function nextDay(days: readonly string[]): string {
  const taken = new Set(days);
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));
  return letters.find((letter) => !taken.has(letter)) ?? days[0] ?? "A";
}
