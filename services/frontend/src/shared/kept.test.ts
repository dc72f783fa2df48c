import { act } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { exclusively } from "@/shared/locks";
import { useMuscles } from "@/shared/muscles/use-muscles";
import { forgetStored, readStored, writeStored } from "@/shared/storage";
import { used } from "@/testing/hooks";
import { json, Wire } from "@/testing/wire";
import catalogue from "./muscles/catalogue.json";

beforeEach(() => localStorage.clear());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const isText = (value: unknown): value is string => typeof value === "string";

describe("what is kept in the browser", () => {
  it("comes back, unless it is something else by now", () => {
    expect(writeStored("a", "text")).toBe(true);
    expect(readStored("a", isText)).toBe("text");
    localStorage.setItem("a", "7");
    expect(readStored("a", isText)).toBeNull();
    localStorage.setItem("a", "{broken");
    expect(readStored("a", isText)).toBeNull();
    forgetStored("a");
    expect(localStorage.getItem("a")).toBeNull();
  });

  it("may not be kept at all, and nothing breaks", () => {
    for (const method of ["getItem", "setItem", "removeItem"] as const) {
      vi.spyOn(Storage.prototype, method).mockImplementation(() => {
        throw new DOMException("off", "SecurityError");
      });
    }
    expect(writeStored("a", "text")).toBe(false);
    expect(readStored("a", isText)).toBeNull();
    expect(() => forgetStored("a")).not.toThrow();
  });
});

describe("preferences", () => {
  const load = () => {
    vi.resetModules();
    return import("@/shared/units/preferences");
  };

  it("begin with what the browser's language uses, and are kept", async () => {
    vi.stubGlobal("navigator", { language: "en-US" });
    const { useUnit, usePreferences, prefer } = await load();
    const { result } = used(() => [useUnit(), usePreferences().theme]);
    expect(result.current).toEqual(["lb", "system"]);
    act(() => prefer({ unit: "kg", theme: "dark" }));
    expect(result.current).toEqual(["kg", "dark"]);
    expect(document.documentElement.getAttribute("data-theme")).toBe("dark");
    const again = await load();
    expect(used(again.useUnit).result.current).toBe("kg");
    again.prefer({ theme: "system" });
    expect(document.documentElement.hasAttribute("data-theme")).toBe(false);
  });
});

describe("one at a time", () => {
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await Promise.resolve();
    order.push(`${name} ends`);
    if (name === "first") throw new Error(name);
    return name;
  };

  it("in turn where there are no locks, whatever became of the one before", async () => {
    const first = exclusively("a", work("first"));
    const second = exclusively("a", work("second"));
    await expect(first).rejects.toThrow("first");
    expect(await second).toBe("second");
    expect(order).toEqual(["first begins", "first ends", "second begins", "second ends"]);
  });

  it("by the browser's locks where there are some", async () => {
    const request = vi.fn((_: string, work: () => Promise<string>) => work());
    vi.stubGlobal("navigator", { locks: { request } });
    expect(await exclusively("a", work("third"))).toBe("third");
    expect(request).toHaveBeenCalledWith("a", expect.any(Function));
  });
});

it("names of movements are fetched when somebody looks, and again after a bad network", async () => {
  const wire = new Wire(() => Promise.reject(new TypeError("Failed to fetch")));
  const first = used(useMuscles);
  await vi.waitFor(() => expect(wire.sent).toHaveLength(1));
  await act(async () => {});
  first.unmount();
  wire.answer = () => json(catalogue);
  const { result } = used(useMuscles);
  await vi.waitFor(() => expect(result.current?.groupOf("Bench Press")).toBe("chest"));
  used(useMuscles);
  expect(wire.sent).toHaveLength(2);
});
