/** A barbell plate, seen from the front. */
export function Mark() {
  return (
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden>
      <circle cx="16" cy="16" r="15" fill="var(--accent)" />
      <circle cx="16" cy="16" r="10.5" fill="none" stroke="var(--on-accent)" strokeWidth="1.6" opacity="0.55" />
      <circle cx="16" cy="16" r="4.2" fill="var(--paper)" />
    </svg>
  );
}
