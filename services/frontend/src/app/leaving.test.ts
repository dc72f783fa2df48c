import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { granted, json, Wire } from "@/testing/wire";

/** A page that somebody has logged in to, and read, said and done something on. */
async function used() {
  vi.resetModules();
  const session = await import("@/shared/session/session");
  const { forgetWhoeverLeaves } = await import("./leaving");
  const { offerUndo, undoable } = await import("@/shared/undo");
  const client = new QueryClient();
  forgetWhoeverLeaves(client);
  await session.logIn("anna", "a long sentence");
  client.setQueryData(["users"], ["anna"]);
  localStorage.setItem("workout.routine", "{}");
  sessionStorage.setItem("workout.conversation", "{}");
  offerUndo("Squat is deleted.", () => "1", 60_000);
  const left = () => [
    client.getQueryData(["users"]),
    localStorage.getItem("workout.routine"),
    sessionStorage.getItem("workout.conversation"),
    undoable.get(),
  ];
  return { ...session, left };
}

let names: string[] = [];
beforeEach(() => {
  vi.stubGlobal("BroadcastChannel", undefined);
  localStorage.clear();
  new Wire(({ path }) => (/login|refresh/.test(path) ? granted(names.shift() ?? "anna") : json({})));
});
afterEach(() => vi.unstubAllGlobals());

it("whoever logs out, goes on without an account or gives way to somebody else takes along what was theirs", async () => {
  const ways: ((page: Awaited<ReturnType<typeof used>>) => unknown)[] = [
    (page) => page.logOut(false),
    (page) => page.leave(),
    (page) => page.logIn("ben", "a long sentence"),
  ];
  for (const [at, way] of ways.entries()) {
    names = ["anna", at === 2 ? "ben" : "anna"];
    const page = await used();
    expect(page.left()).not.toContain(null);
    await way(page);
    expect(page.left()).toEqual([undefined, null, null, null]);
  }
});

it("whoever stays keeps it", async () => {
  const page = await used();
  await page.logIn("anna", "a long sentence");
  expect(page.left()).toMatchObject([["anna"], "{}", "{}", { text: "Squat is deleted." }]);
});
