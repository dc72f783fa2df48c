import { afterEach, describe, expect, it, vi } from "vitest";
import { away, json, problem, Wire } from "@/testing/wire";
import { api, apiFile, coach, coachStream } from "./client";
import { isPassing, NoAnswer, Problem, referenceOf } from "./problem";
import { request } from "./request";

afterEach(() => vi.unstubAllGlobals());

describe("a request", () => {
  it("carries what the contract wants of the web app", async () => {
    const wire = new Wire(() => json({ id: 7 }, 200, { ETag: '"7.1"' }));
    const { data, headers } = await api("patch", "/exercises/{exercise_id}", {
      params: { path: { exercise_id: 7 } },
      body: { weight: 30 },
      headers: { "If-Match": '"7.1"' },
    });
    expect(data).toEqual({ id: 7 });
    expect(headers.get("ETag")).toBe('"7.1"');
    const [sent] = wire.sent;
    expect(sent).toMatchObject({ method: "PATCH", path: "/api/exercises/7", body: { weight: 30 } });
    expect(sent?.headers.get("X-Trace-Id")).toBe("ui-react");
    expect(sent?.headers.get("traceparent")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(sent?.headers.get("If-Match")).toBe('"7.1"');
    expect(sent?.headers.get("Authorization")).toBeNull();
  });

  it("leaves out what is not asked for, and escapes what is", async () => {
    const wire = new Wire(() => json({ items: [] }));
    await api("get", "/exercises", { params: { query: { page: 2 } } });
    await api("get", "/admin/jobs/{name}", { params: { path: { name: "a/b" } } });
    await coach("get", "/health");
    expect(wire.asked()).toEqual(["GET /api/exercises?page=2", "GET /api/admin/jobs/a%2Fb", "GET /ai-coach/health"]);
  });

  it("may be answered with nothing, or with a file, or with a stream", async () => {
    new Wire(({ method }) => (method === "DELETE" ? new Response(null, { status: 204 }) : new Response("id,name\r\n")));
    expect((await api("delete", "/exercises/{exercise_id}", { params: { path: { exercise_id: 1 } } })).data).toBeUndefined();
    expect(await (await apiFile("/exercises/export")).text()).toBe("id,name\r\n");
    expect((await coachStream("/chat/stream", {}, new AbortController().signal)).body).not.toBeNull();
  });
});

describe("what goes wrong", () => {
  const caught = (promise: Promise<unknown>) => promise.then(() => null, (error: unknown) => error);

  it("is a Problem in the service's words, with what to quote", async () => {
    const errors = [{ field: "sets", message: "too many" }];
    new Wire(() => problem(422, { detail: "The request is invalid", errors, trace_id: "abc" }, { "Retry-After": "9" }));
    const error = (await caught(api("get", "/health"))) as Problem;
    expect(error).toMatchObject({ status: 422, message: "The request is invalid", reference: "abc", retryAfter: 9 });
    expect(error.fieldMessage("sets")).toBe("too many");
    expect(error.fieldMessage("reps")).toBeUndefined();
    expect(isPassing(error)).toBe(false);
  });

  it("may be a proxy's page, or nothing that can be read: then the request's own trace is quoted", async () => {
    for (const body of ["<html>Bad Gateway</html>", "", "null"]) {
      const wire = new Wire(() => new Response(body, { status: 502 }));
      const error = (await caught(api("get", "/health"))) as Problem;
      expect(error).toMatchObject({ status: 502, message: "HTTP 502", retryAfter: null });
      expect(wire.sent[0]?.headers.get("traceparent")).toContain(referenceOf(error));
      expect(isPassing(error)).toBe(true);
    }
  });

  it("has no reference where the password is wrong: there is nothing to look up", async () => {
    new Wire(() => problem(401, { trace_id: "ab" }));
    expect(referenceOf(await caught(request("/auth/login", 1_000)))).toBeUndefined();
  });

  it("is NoAnswer when nobody answers, or not in time", async () => {
    new Wire(away);
    const error = await caught(api("get", "/health"));
    expect(error).toBeInstanceOf(NoAnswer);
    expect(isPassing(error)).toBe(true);
    expect(referenceOf(error)).toMatch(/^[0-9a-f]{32}$/);
    new Wire(() => new Promise(() => undefined));
    expect(await caught(request("/slow", 5))).toMatchObject({ name: "NoAnswer", timedOut: true });
  });

  it("is not an error of the network when the person has stopped it", async () => {
    new Wire(() => new Promise(() => undefined));
    const stopper = new AbortController();
    const asked = caught(coachStream("/chat/stream", {}, stopper.signal));
    stopper.abort();
    expect(await asked).toMatchObject({ name: "AbortError" });
    expect(referenceOf(new Error("something else"))).toBeUndefined();
  });
});
