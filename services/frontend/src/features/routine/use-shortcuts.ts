import { useEffect } from "react";

interface Shortcuts {
  search: () => void;
  add: () => void;
  help: () => void;
}

/** Single keys, for whoever is not typing; arrows walk from line to line. */
export function useShortcuts({ search, add, help }: Shortcuts): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const act = { "/": search, n: add, "?": help }[event.key];
      if (act) {
        event.preventDefault();
        act();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        walk(event, event.key === "ArrowDown" ? 1 : -1);
      }
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [search, add, help]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, select, textarea, dialog, [contenteditable]") !== null;
}

function walk(event: KeyboardEvent, step: 1 | -1): void {
  if (!(event.target instanceof HTMLElement) || !event.target.dataset.row) return;
  const lines = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const next = lines[lines.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
