import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { onceMore, whenIdle } from "./once-more";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const failing = (times: number) => {
  const load = vi.fn(() => Promise.resolve("part"));
  for (let time = 0; time < times; time += 1) load.mockImplementationOnce(() => Promise.reject(new TypeError("Failed to fetch")));
  return load;
};

it("what fails without a network is there when the network is", async () => {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  const load = failing(1);
  const part = onceMore(load);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(load).toHaveBeenCalledTimes(1);
  dispatchEvent(new Event("online"));
  expect(await part).toBe("part");
});

it("what fails with one is tried again once, after a moment", async () => {
  const [part, never] = [onceMore(failing(1)), onceMore(failing(2))];
  const told = expect(never).rejects.toThrow("Failed to fetch");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await part).toBe("part");
  await told;
});

it.each(["a browser that tells", "a browser that does not"])("something is done when there is nothing else to do, in %s", async (how) => {
  if (how === "a browser that tells") {
    vi.stubGlobal("requestIdleCallback", (act: () => void) => setTimeout(act, 5));
    vi.stubGlobal("cancelIdleCallback", clearTimeout);
  }
  const act = vi.fn();
  whenIdle(act)();
  await vi.advanceTimersByTimeAsync(10);
  expect(act).not.toHaveBeenCalled();
  whenIdle(act);
  await vi.advanceTimersByTimeAsync(10);
  expect(act).toHaveBeenCalledTimes(1);
});
