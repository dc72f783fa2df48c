import { describe, expect, it } from "vitest";
import { coach } from "./coach";
import { common, counted } from "./common";
import { jobs } from "./jobs";
import { routine } from "./routine";

describe("words and numbers agree", () => {
  it.each([
    [counted(1, "exercise"), "1 exercise"],
    [counted(0, "exercise"), "0 exercises"],
    [counted(1200, "set"), `${(1200).toLocaleString()} sets`],
    [routine.summary(1, 2, "480 kg"), "1 exercise over 2 days, 480 kg a week"],
    [routine.found(3, 27), "3 of 27 exercises"],
    [routine.more(8), "Show 8 more"],
    [routine.muscles.unknown(1), "1 name was not recognised and counts for no muscle."],
    [jobs.took(0.03), "in under 1 s"],
    [jobs.took(1), "in 1 s"],
    [common.tooMany(1), "Too many requests. Try again in 1 second."],
    [common.tooMany(null), "Too many requests. Try again soon."],
    [common.sync.attention(1), "1 change needs you"],
    [common.sync.attention(2), "2 changes need you"],
    [common.sync.waiting(2), "Waiting for network (2)"],
  ])("%s", (said, expected) => expect(said).toBe(expected));
});

it("a kept answer names who gave it", () => {
  expect(coach.from.cache("rules")).toBe("From rules of training, kept from before");
  expect(coach.from.cache("claude")).toBe("From claude, kept from before");
});

describe("what a run gave", () => {
  it.each([
    [{ processed: 1, skipped: 26, failed: 0, total: 27, success_rate: 100 }, "1 exercise refreshed, 26 had been already"],
    [{ processed: 27, skipped: 0 }, "27 exercises refreshed"],
    [{ total_requests: 140, successful: 140, failed: 0 }, "140 answers made ready"],
    [{ deleted_idempotency_keys: 0, cleanup_time_ms: 3 }, "0 keys deleted"],
    [{}, ""],
  ])("%o", (result, said) => expect(jobs.result(result as Record<string, number>)).toBe(said));
});
