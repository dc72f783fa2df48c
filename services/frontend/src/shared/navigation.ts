import { useCallback, useMemo } from "react";
import { navigate } from "wouter/use-browser-location";
import { useSearch } from "wouter";

type Texts<T> = { [Name in keyof T]?: T[Name] | undefined };

/** What the address says after its question mark, read by `parse`; setting it replaces the entry in the history. */
export function useAddress<T extends object>(parse: (given: Record<string, string>) => T): [T, (next: Texts<T>) => void] {
  const text = useSearch();
  const state = useMemo(() => parse(Object.fromEntries(new URLSearchParams(text))), [parse, text]);
  const set = useCallback((next: Texts<T>) => navigate(location.pathname + query(next), { replace: true }), []);
  return [state, set];
}

/** `?q=row&day=A`, or nothing. */
export function query(state: object): string {
  const pairs = Object.entries(state).filter(([, value]) => value !== undefined && value !== "");
  return pairs.length ? `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}` : "";
}
