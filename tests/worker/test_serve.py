"""`workout-worker serve`: health, probes, metrics, and jobs from the queue."""

import time
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.background import Worker, run_worker
from tests.conftest import StartCoach
from tests.jobs import enqueue, outcome, until
from tests.processes import Api
from tests.worker.conftest import Redis, Start

TASK = "refresh_exercises"


def samples(url: str) -> dict[str, float]:
    """`worker_runs_total{refresh_exercises,done}` and what it is."""
    text = httpx.get(f"{url}/metrics").text
    found = {}
    for family in text_string_to_metric_families(text):  # type: ignore[no-untyped-call]
        for sample in family.samples:
            labels = ",".join(sample.labels[name] for name in ("task", "outcome") if name in sample.labels)
            if sample.name.startswith("worker_"):
                found[sample.name + (f"{{{labels}}}" if labels else "")] = sample.value
    return found


def test_health(api: Api, start_worker: Start, start_coach: StartCoach) -> None:
    coach = start_coach(api)
    worker = start_worker(WORKER_API_CLIENT__AI_COACH_URL=coach.url)
    assert httpx.get(f"{worker.url}/health").json() == {
        "status": "healthy",
        "redis_connected": True,
        "queue_depth": 0,
        "api_connected": True,
        "ai_coach_connected": True,
        "details": {"queue_depth": "0", "api_status": "200", "ai_coach_status": "200"},
    }
    enqueue(worker.variables["REDIS_URL"], TASK, seconds=600)
    coach.stop()
    answer = httpx.get(f"{worker.url}/health").json()
    assert (answer["status"], answer["queue_depth"]) == ("degraded", 1)
    assert answer["details"] == {"queue_depth": "1", "api_status": "200", "ai_coach_status": "unreachable"}
    assert httpx.get(f"{worker.url}/readyz").status_code == 200


def test_without_redis(variables: dict[str, str], tmp_path: Path) -> None:
    worker = Worker(tmp_path / "log", variables | {"REDIS_URL": "redis://127.0.0.1:1"})
    try:
        worker.start("/livez")
        health = httpx.get(f"{worker.url}/health", timeout=30)
        assert (health.status_code, health.json()["status"], health.json()["redis_connected"]) == (
            200,
            "unhealthy",
            False,
        )
        assert health.json()["details"]["queue_depth"] == "unknown"
        assert httpx.get(f"{worker.url}/readyz").status_code == 503
    finally:
        assert worker.end() == 0


def test_a_job_from_the_queue(start_worker: Start) -> None:
    worker = start_worker()
    redis_url = worker.variables["REDIS_URL"]
    job = enqueue(redis_url, TASK)
    done = until(lambda: outcome(redis_url, job))
    assert done["s"], f"{done} {worker.output()}"
    assert done["r"]["failed"] == 0
    assert done["r"]["processed"] == done["r"]["total"] > 0
    assert f'"run":"{job}"' in worker.output()


def test_a_job_that_fails(start_worker: Start) -> None:
    worker = start_worker(WORKER_API_CLIENT__WORKOUT_API_URL="http://127.0.0.1:1", WORKER_REFRESH__MAX_RETRIES="0")
    redis_url = worker.variables["REDIS_URL"]
    job = enqueue(redis_url, TASK)
    failed = until(lambda: outcome(redis_url, job))
    assert not failed["s"]
    assert "All connection attempts failed" in failed["r"]


@pytest.mark.parametrize("task", ["refresh_exercises", "cleanup_stale_data"])
def test_metrics_of_runs_that_took_place_elsewhere(start_worker: Start, variables: dict[str, str], task: str) -> None:
    begin = time.time()
    assert run_worker("run", task, **variables).returncode == 0
    worker = start_worker()
    seen = until(lambda: (s := samples(worker.url)).get(f"worker_runs_total{{{task},done}}") and s, 30)
    assert seen["worker_redis_up"] == 1
    assert seen["worker_last_success_timestamp_seconds{warmup_ai_cache}"] == 0, "never"
    assert seen["worker_queue_depth"] == 0
    assert seen[f"worker_runs_total{{{task},done}}"] == 1
    assert begin - 1 < seen[f"worker_last_success_timestamp_seconds{{{task}}}"] < time.time() + 1
    assert seen[f"worker_last_run_duration_seconds{{{task}}}"] > 0
    assert seen[f"worker_run_seconds_total{{{task}}}"] > 0
    if task == TASK:
        assert seen[f"worker_items_total{{{task},processed}}"] > 0


def test_metrics_of_the_queue(start_worker: Start, store: Redis) -> None:
    due = (time.time() - 100) * 1000
    store(1).set("arq:in-progress:stuck", "1")  # somebody else is at it
    store(1).zadd("arq:queue", {"stuck": due})
    worker = start_worker()
    seen = until(lambda: (s := samples(worker.url))["worker_queue_depth"] and s, 30)
    assert seen["worker_queue_depth"] == 1
    assert 100 <= seen["worker_oldest_job_age_seconds"] < 1000
    store(1).flushdb()


def test_the_api_is_documented(start_worker: Start) -> None:
    worker = start_worker()
    paths = httpx.get(f"{worker.url}/openapi.json").json()["paths"]
    assert set(paths) == {"/health", "/livez", "/readyz", "/metrics"}
    assert httpx.get(f"{worker.url}/docs").status_code == 200
