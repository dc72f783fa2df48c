import { describe, expect, it } from "vitest";
import { fromKg, parseCount, parseNumber, parseWeight, shown, toKg, total, typed } from "./units";

describe("weights", () => {
  it("come back exactly as they were typed, in both units", () => {
    for (let hundredths = 0; hundredths <= 100_000; hundredths += 25) {
      const entered = hundredths / 100;
      expect(fromKg(toKg(entered, "lb"), "lb")).toBe(entered);
      expect(fromKg(toKg(entered, "kg"), "kg")).toBe(entered);
    }
  });

  it.each(["ar-EG", "fa-IR", "mr-IN", "bn-BD", "my-MM", "de-DE", "hi-IN-u-nu-deva"])("are read as %s writes them", (locale) => {
    expect(parseWeight(typed(1082.5, "kg", locale), "kg")).toBe(1082.5);
  });

  it("take a decimal point or comma", () => {
    expect(parseNumber("82.5")).toBe(82.5);
    expect(parseNumber(" 82,5 ")).toBe(82.5);
    expect(parseNumber(".5")).toBe(0.5);
  });

  it.each(["", "-1", "-0", "1e3", "1e309", "0x10", "NaN", "1.2.3", "1,234.5", "heavy", "Infinity", "1000001"])("refuse %j", (text) => {
    expect(parseNumber(text)).toBeUndefined();
  });

  it("are bodyweight when nothing is typed", () => {
    expect(parseWeight("  ", "kg")).toBeNull();
    expect(parseWeight("185", "lb")).toBeCloseTo(83.914588, 6);
    expect(parseWeight("x", "kg")).toBeUndefined();
  });

  it("are written as the locale does", () => {
    expect(typed(1082.5, "kg", "de-DE")).toBe("1082,5");
    expect(typed(null, "kg")).toBe("");
    expect(shown(82.5, "kg", "en-GB")).toBe("82.5");
    expect(total(34337.4, "kg", "en-GB")).toBe("34,337");
  });
});

it("counts are whole and within their limits", () => {
  expect(parseCount("12", 100)).toBe(12);
  for (const text of ["0", "101", "1.5", "", "-3", "x"]) expect(parseCount(text, 100)).toBeUndefined();
});
