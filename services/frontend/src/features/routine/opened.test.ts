import { expect, it } from "vitest";
import { rowOf, SQUAT } from "@/testing/page";
import { used } from "@/testing/hooks";
import { keepOpen, useOpened, withOpened } from "./opened";

it("a line whose form is open is among the rows until it is closed, once", () => {
  const [one, other] = [rowOf({ ...SQUAT, id: 1 }), rowOf({ ...SQUAT, id: 2 })];
  const close = keepOpen(other);
  expect(used(useOpened).result.current).toEqual([other]);
  expect(withOpened([one], [other])).toEqual([one, other]);
  const rows = [one, other];
  expect(withOpened(rows, [other])).toBe(rows);
  close();
  expect(used(useOpened).result.current).toEqual([]);
});
