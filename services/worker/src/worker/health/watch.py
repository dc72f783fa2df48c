"""What the queue and the last runs look like: read from Redis every few seconds, and served to Prometheus.

Runs count wherever they took place, so every worker tells the same: take the maximum, not the sum.
"""

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from time import time

from arq import ArqRedis
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from ledger import runs
from ledger.jobs import QUEUE, TASKS
from ledger.runs import Run
from runtime.background import pause

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 5.0
LABELS = {"runs": ("task", "outcome"), "items": ("task", "outcome"), "seconds": ("task",)}


@dataclass(slots=True)
class Seen:
    """What was read last. While Redis is away the counts stay as they were."""

    is_reachable: bool = False
    queue_depth: int = 0
    oldest_due: float | None = None
    totals: dict[str, float] = field(default_factory=dict)
    last: dict[str, Run] = field(default_factory=dict)
    success: dict[str, Run] = field(default_factory=dict)
    tasks: tuple[str, ...] = ()  # none before Redis was asked for the first time: "never" is said only of what is known


class Watch(Collector):
    """A collector of metrics that never waits for Redis itself."""

    def __init__(self, queue: ArqRedis, registry: CollectorRegistry) -> None:
        self._queue = queue
        self._seen = Seen()
        registry.register(self)

    async def watch(self) -> None:
        """Look every few seconds, until cancelled."""
        while True:
            try:
                await self.look()
            except (RedisError, OSError, TimeoutError):
                self._seen.is_reachable = False
            except Exception:  # whatever is in Redis, the next look may be a better one
                log.exception("What is in Redis cannot be read")
            await pause(INTERVAL_SECONDS)

    async def look(self) -> None:
        """Raises RedisError."""
        async with self._queue.pipeline(transaction=False) as pipe:
            pipe.zcard(QUEUE)
            pipe.zrange(QUEUE, 0, 0, withscores=True)
            pipe.hgetall(runs.TOTALS)
            pipe.mget([runs.last(task) for task in TASKS])
            pipe.mget([runs.success(task) for task in TASKS])
            depth, oldest, totals, last, success = await pipe.execute()
        self._seen = Seen(
            is_reachable=True,
            queue_depth=depth,
            oldest_due=oldest[0][1] / 1000 if oldest else None,
            totals=dict(_totals(totals)),
            last=dict(_runs(last)),
            success=dict(_runs(success)),
            tasks=TASKS,
        )

    def collect(self) -> Iterable[Metric]:
        """For prometheus_client."""
        seen = self._seen
        yield GaugeMetricFamily("worker_redis_up", "Whether Redis can be reached", value=seen.is_reachable)
        yield GaugeMetricFamily("worker_queue_depth", "Jobs that wait or are being worked on", value=seen.queue_depth)
        age = 0.0 if seen.oldest_due is None else max(0.0, time() - seen.oldest_due)
        yield GaugeMetricFamily("worker_oldest_job_age_seconds", "For how long the oldest job has been due", value=age)
        yield from self._counters()
        yield _gauge(
            "worker_last_run_duration_seconds",
            "How long the last run of a task took",
            {task: run.seconds for task, run in seen.last.items()},
        )
        yield _gauge(
            "worker_last_success_timestamp_seconds",
            "When the last run of a task that was done ended; 0 while there is none",
            {task: _ended(seen.success[task]) if task in seen.success else 0.0 for task in seen.tasks},
        )

    def _counters(self) -> Iterable[Metric]:
        families = {
            "runs": CounterMetricFamily("worker_runs", "Runs of tasks, anywhere", labels=LABELS["runs"]),
            "items": CounterMetricFamily("worker_items", "What runs have worked on", labels=LABELS["items"]),
            "seconds": CounterMetricFamily("worker_run_seconds", "Time spent in runs", labels=LABELS["seconds"]),
        }
        for name, value in self._seen.totals.items():
            kind, *labels = name.split(":")
            families[kind].add_metric(labels, value)
        yield from families.values()


def _gauge(name: str, text: str, values: dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=("task",))
    for task, value in values.items():
        family.add_metric((task,), value)
    return family


def _totals(values: Mapping[bytes, bytes]) -> Iterable[tuple[str, float]]:
    """Counts that this version knows."""
    for name, value in values.items():
        kind, *labels = name.decode(errors="replace").split(":")
        with suppress(ValueError):
            if kind in LABELS and len(labels) == len(LABELS[kind]) and isfinite(number := float(value)):
                yield ":".join([kind, *labels]), number


def _runs(values: Iterable[bytes | None]) -> Iterable[tuple[str, Run]]:
    for value in values:
        if value is not None:
            with suppress(ValueError, TypeError, OverflowError):  # of a version that knew more, or less, of a run
                run = Run.from_json(value)
                if run.task in TASKS and isfinite(_ended(run)):
                    yield run.task, run


def _ended(run: Run) -> float:
    return datetime.fromisoformat(run.started_at).timestamp() + run.seconds
