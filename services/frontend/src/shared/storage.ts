/** localStorage that may be full, switched off or hold something else: then nothing is kept, and nothing breaks. */
export function readStored<T>(name: string, isValid: (value: unknown) => value is T): T | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(name) ?? "null");
    return isValid(value) ? value : null;
  } catch {
    return null;
  }
}

/** Returns whether it was kept. */
export function writeStored(name: string, value: unknown): boolean {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function forgetStored(name: string): void {
  try {
    localStorage.removeItem(name);
  } catch {
    // Switched off: there is nothing to forget.
  }
}
