import { act } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { query, useAddress } from "@/shared/navigation";
import { used } from "@/testing/hooks";
import { Wire } from "@/testing/wire";
import { exportCsv } from "./export-csv";
import { useShortcuts } from "./use-shortcuts";

afterEach(() => vi.unstubAllGlobals());

describe("single keys", () => {
  const acts = { search: vi.fn(), add: vi.fn(), help: vi.fn() };
  const press = (key: string, on: EventTarget = document.body, more: KeyboardEventInit = {}) =>
    on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));

  beforeEach(() => {
    vi.clearAllMocks();
    document.body.innerHTML = '<button data-row="1"></button><button data-row="2"></button><input />';
  });

  it("act, unless somebody types or means something else, and for as long as the page is there", () => {
    const { unmount } = used(() => useShortcuts(acts));
    press("/");
    press("n");
    press("?");
    expect([acts.search, acts.add, acts.help].map((act) => act.mock.calls.length)).toEqual([1, 1, 1]);
    press("n", document.querySelector("input") as HTMLElement);
    press("n", document.body, { ctrlKey: true });
    press("x");
    unmount();
    press("n");
    expect(acts.add).toHaveBeenCalledTimes(1);
  });

  it("walk from line to line, and stay at the ends", () => {
    used(() => useShortcuts(acts));
    const [first, second] = document.querySelectorAll<HTMLElement>("[data-row]") as unknown as [HTMLElement, HTMLElement];
    first.focus();
    expect(press("ArrowDown", first)).toBe(false);
    expect(document.activeElement).toBe(second);
    expect(press("ArrowDown", second)).toBe(true);
    press("ArrowUp", second);
    expect(document.activeElement).toBe(first);
    expect(press("ArrowDown")).toBe(true);
  });
});

it("the address holds what the page shows", () => {
  const { result } = used(() => useAddress(({ q = "", day = "" }) => ({ q, day })));
  act(() => result.current[1]({ q: "row", day: "A & B" }));
  expect(location.search).toBe("?q=row&day=A+%26+B");
  expect(result.current[0]).toEqual({ q: "row", day: "A & B" });
  act(() => result.current[1]({ q: "" }));
  expect(location.search).toBe("");
  expect(query({ q: undefined, day: "" })).toBe("");
});

it("the routine is saved as a file under its name", async () => {
  new Wire(() => new Response("id,name\r\n", { headers: { "Content-Type": "text/csv" } }));
  const kept: Blob[] = [];
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: (blob: Blob) => kept.push(blob) && "blob:1", revokeObjectURL: vi.fn() }));
  const saved: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(`${this.download} ${this.href}`);
  });
  await exportCsv();
  expect(saved).toEqual(["exercises.csv blob:1"]);
  expect(kept).toHaveLength(1);
  vi.restoreAllMocks();
});
