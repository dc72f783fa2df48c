import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { away, granted, json, problem, tokenFor, Wire } from "@/testing/wire";

/** A page that has just been loaded. */
async function load() {
  vi.resetModules();
  return { ...(await import("./session")), ...(await import("@/shared/api/client")) };
}

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal("BroadcastChannel", undefined);
});
afterEach(() => vi.unstubAllGlobals());

const sent = (wire: Wire, path: string) => wire.sent.filter((one) => one.path === path);

describe("logging in", () => {
  it("asks for the cookie, and shows the token with every request from then on", async () => {
    const wire = new Wire(({ path }) => (path.includes("/auth/") ? granted("anna") : json({})));
    const { logIn, api, currentSession, whoIs } = await load();
    expect(whoIs()).toBe("");
    await logIn("anna", "a long sentence");
    expect(currentSession()).toEqual({ status: "in", who: { username: "anna", role: "user" } });
    expect(wire.sent[0]?.path).toBe("/api/auth/login?session=cookie");
    await api("get", "/health");
    expect(wire.sent[1]?.headers.get("Authorization")).toBe(`Bearer ${tokenFor("anna", "user")}`);
    expect(localStorage.getItem("workout.who")).not.toContain("h.");
  });

  it("is remembered by name alone, and the cookie gives a token after a reload", async () => {
    new Wire(() => granted("anna", "admin"));
    await (await load()).logIn("anna", "a long sentence");
    const wire = new Wire(({ path }) => (path.endsWith("/refresh") ? granted("anna", "admin") : json({})));
    const { api, currentSession } = await load();
    expect(currentSession()).toMatchObject({ status: "in", who: { role: "admin" } });
    await Promise.all([api("get", "/health"), api("get", "/exercises"), api("get", "/auth/me")]);
    expect(sent(wire, "/api/auth/refresh")).toHaveLength(1);
  });
});

describe("a token", () => {
  it("is renewed before it ends", async () => {
    let count = 0;
    const wire = new Wire(({ path }) => (path.includes("/auth/") ? granted("anna", "user", 59, String(++count)) : json({})));
    const { logIn, api } = await load();
    await logIn("anna", "a long sentence");
    await api("get", "/health");
    expect(sent(wire, "/api/auth/refresh")).toHaveLength(1);
    expect(sent(wire, "/api/health")[0]?.headers.get("Authorization")).toContain(tokenFor("anna", "user", "2"));
  });

  it("that is not taken is renewed once, and the request goes through", async () => {
    const wire = new Wire(({ path, headers }) => {
      if (path.includes("/auth/login")) return granted("anna", "user", 1800, "old");
      if (path.includes("/auth/refresh")) return granted("anna", "user", 1800, "new");
      return headers.get("Authorization")?.includes(tokenFor("anna", "user", "new")) ? json({ ok: true }) : problem(401);
    });
    const { logIn, api } = await load();
    await logIn("anna", "a long sentence");
    expect((await api("get", "/health")).data).toEqual({ ok: true });
    expect(sent(wire, "/api/health")).toHaveLength(2);
  });

  it("that cannot be renewed ends the session, and keeps who it was", async () => {
    const wire = new Wire(() => granted("anna", "user", 1));
    const { logIn, api, currentSession, whoIs, accessToken } = await load();
    await logIn("anna", "a long sentence");
    wire.answer = () => problem(401);
    await expect(api("get", "/health")).rejects.toMatchObject({ status: 401 });
    expect(currentSession().status).toBe("expired");
    expect(whoIs()).toBe("anna");
    expect(await accessToken()).toBeNull();
  });

  it("is kept while the API is away: nobody is logged out by a bad network", async () => {
    const wire = new Wire(() => granted("anna", "user", 1));
    const { logIn, api, currentSession } = await load();
    await logIn("anna", "a long sentence");
    wire.answer = away;
    await expect(api("get", "/health")).rejects.toMatchObject({ name: "NoAnswer" });
    expect(currentSession().status).toBe("in");
  });
});

it("a changed password gives a new token; logging out forgets everything", async () => {
  const wire = new Wire(() => granted("anna"));
  const { logIn, changePassword, logOut, currentSession, renew } = await load();
  await logIn("anna", "a long sentence");
  await changePassword("a long sentence", "another one");
  expect(wire.sent[1]).toMatchObject({ path: "/api/auth/password", body: { current_password: "a long sentence" } });
  await logOut(true);
  expect(wire.sent[2]).toMatchObject({ path: "/api/auth/logout?all=true", method: "POST" });
  await (await load()).logOut(false);
  expect(currentSession()).toEqual({ status: "anonymous" });
  expect(localStorage.getItem("workout.who")).toBeNull();
  expect(await renew(null)).toBeNull();
});

it("tabs are logged in and out together", async () => {
  const listeners: ((event: { data: unknown }) => void)[] = [];
  class Channel {
    addEventListener = (_: string, listener: (event: { data: unknown }) => void) => listeners.push(listener);
    postMessage = (data: unknown) => setTimeout(() => listeners.at(-1)?.({ data }), 0);
  }
  vi.stubGlobal("BroadcastChannel", Channel);
  new Wire(() => granted("anna"));
  const one = await load();
  const other = await load();
  await one.logIn("anna", "a long sentence");
  await vi.waitFor(() => expect(other.currentSession().status).toBe("in"));
  await one.logOut(false);
  await vi.waitFor(() => expect(other.currentSession().status).toBe("anonymous"));
});
