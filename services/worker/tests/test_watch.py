"""Metrics of what is in Redis, whatever somebody has put there."""

import asyncio
import json

import pytest
import redis.asyncio
from prometheus_client import CollectorRegistry, generate_latest

from ledger import runs
from ledger.runs import Run
from services.worker.tests.conftest import Open
from worker.health import routes, watch
from worker.health.watch import Watch
from worker.jobs.ending import end

TASK = "refresh_exercises"
RUN = Run("run-1", TASK, "command", "done", "2026-11-22T10:00:00.000+00:00", 1.5)
ODD = [
    {"started_at": "nodate"},
    {"started_at": 5},
    {"seconds": "long"},
    {"seconds": None},
    {"seconds": float("inf")},
    {"task": ["x"]},
    {"more": 1},
]


async def test_odd_totals_are_passed_over(store: "redis.asyncio.Redis", open_with: Open) -> None:
    registry = CollectorRegistry()
    async with open_with() as resources:
        async with resources.queue.pipeline() as pipe:
            pipe.hset(runs.TOTALS, mapping={f"runs:{TASK}:done": 3, "runs:a:b": "abc", "items:a:b": "nan", "": 1})
            pipe.hset(runs.TOTALS, mapping={"future:x:y": 1, "runs:a": 1, "seconds:a:b": 1, b"\xff": 1})
            await pipe.execute()
        await Watch(resources.queue, registry).look()
    metrics = generate_latest(registry).decode()
    assert f'worker_runs_total{{outcome="done",task="{TASK}"}} 3.0' in metrics
    assert metrics.count("_total{") == 1


@pytest.mark.parametrize("odd", ODD)
async def test_an_odd_run_is_passed_over(store: "redis.asyncio.Redis", open_with: Open, odd: dict[str, object]) -> None:
    registry = CollectorRegistry()
    async with open_with() as resources:
        text = json.dumps(json.loads(RUN.to_json()) | odd)
        await resources.queue.mset({runs.last(TASK): text, runs.success(TASK): text})
        await resources.queue.set(runs.success("cleanup_stale_data"), RUN.to_json())
        await Watch(resources.queue, registry).look()
    metrics = generate_latest(registry).decode()
    told = [line for line in metrics.splitlines() if line.startswith("worker_last_success_timestamp_seconds{")]
    assert len([line for line in told if not line.endswith(" 0.0")]) == 1
    assert "worker_last_run_duration_seconds{" not in metrics


async def test_the_watch_outlives_what_it_cannot_read(
    store: "redis.asyncio.Redis",
    open_with: Open,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(watch, "INTERVAL_SECONDS", 0.01)
    looks = 0
    seen = asyncio.Event()

    async with open_with() as resources:
        watching = Watch(resources.queue, CollectorRegistry())

        async def look() -> None:
            nonlocal looks
            looks += 1
            if looks == 1:
                raise ValueError("odd")
            seen.set()

        monkeypatch.setattr(watching, "look", look)
        task = asyncio.create_task(watching.watch())
        await asyncio.wait_for(seen.wait(), 10)
        await end([task])
    assert [record.message for record in caplog.records] == ["What is in Redis cannot be read"]


async def test_a_redis_that_stands_still_is_not_waited_for(
    store: "redis.asyncio.Redis", open_with: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "HEALTH_TIMEOUT_SECONDS", 0.05)
    async with open_with() as resources:
        await store.client_pause(1000)
        assert await routes.queue_depth(resources) is None
    assert await store.ping()
