"""Names and shapes of jobs and runs."""

from typing import Any

import pytest

from ledger import jobs, runs
from ledger.runs import Run


def test_ids_are_new_and_name_the_task() -> None:
    ids = {jobs.new_id("refresh_exercises") for _ in range(100)}
    assert len(ids) == 100
    assert all(name.startswith("refresh_exercises-") for name in ids)


def test_jobs_are_json() -> None:
    assert jobs.serialize({"r": KeyError("x"), "n": 1}) == b'{"r":"\'x\'","n":1}'
    assert jobs.deserialize(jobs.serialize({"a": [1, None]})) == {"a": [1, None]}


@pytest.mark.parametrize(
    "wrong",
    [
        *({"et": "abc"}, {"et": 1e30}, {"et": 10**20}, {"et": -1}, {"et": True}, {"t": "x"}, {"t": 1.5}),
        *({"f": ["x"]}, {"a": {"x": 1}}, {"k": []}, {"et": None}),
    ],
)
def test_what_is_no_job_is_refused(wrong: dict[str, Any]) -> None:
    job: dict[str, Any] = {"t": None, "f": "refresh_exercises", "a": [], "k": {}, "et": 1_795_000_000_000}
    assert jobs.deserialize(jobs.serialize(job)) == job
    with pytest.raises(ValueError, match=f"^{next(iter(wrong))}: "):
        jobs.deserialize(jobs.serialize({**job, **wrong}))


@pytest.mark.parametrize("data", [b"[]", b"1", b"null", b"{", b"\xff", b""])
def test_what_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="."):
        jobs.deserialize(data)


def test_a_run_there_and_back() -> None:
    run = Run("run-1", "refresh_exercises", "queue", "done", "2026-11-22T10:00:00.000+00:00", 1.5, {"processed": 3})
    assert Run.from_json(run.to_json()) == run
    assert Run.from_json(run.to_json().encode()) == run


def test_who_holds_a_lock() -> None:
    assert runs.lock("refresh_exercises") == "worker:lock:refresh_exercises"
    assert runs.holder("a/run/with/slashes/token") == "a/run/with/slashes"
    assert runs.holder(b"run-1/token") == "run-1"
    assert runs.holder(b"\xff/1") == "\ufffd"
    assert runs.holder("x") == ""


def test_the_keys_differ() -> None:
    keys = {name(task) for name in (runs.lock, runs.last, runs.success) for task in jobs.TASKS}
    assert len(keys | {runs.RECENT, runs.TOTALS, jobs.QUEUE}) == 12
