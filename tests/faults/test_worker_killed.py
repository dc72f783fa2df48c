"""The worker is killed, again and again, while it works on one job: the job ends, and nothing is done twice.

`WORKER_KILLS=50` makes it as many as the design asks for. What is counted is what Redis itself reports of every SET of
an insight, so a store that was repeated by another life of the worker, or another of its tasks, would be seen.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

from devstack.valkey import Valkey
from ledger import insights
from tests.background import Worker
from tests.conftest import StartApi
from tests.databases import sql
from tests.jobs import enqueue, outcome, until
from tests.processes import Api
from tests.together import accounts, fill, for_worker

KILLS = int(os.environ.get("WORKER_KILLS", "6"))
EXERCISES = 1000
TASK = "refresh_exercises"


class Stored:
    """How often each insight has been stored, as Redis tells it."""

    def __init__(self, client: "redis.Redis") -> None:
        self.times: Counter[str] = Counter()
        self._told = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        self._told.psubscribe("__keyspace@0__:insight:*")

    def look(self, seconds: float = 0.0) -> int:
        """All that has been told by now; how many insights that are."""
        while message := self._told.get_message(timeout=seconds):
            if message["data"] == "set":
                self.times[message["channel"].rpartition(":")[2]] += 1
            seconds = 0.0
        return len(self.times)


@contextmanager
def watched(valkey: Valkey) -> Iterator[tuple["redis.Redis", Stored]]:
    """A client of the cache's database, and what is stored in it."""
    with redis.Redis.from_url(f"{valkey.url}/0", decode_responses=True) as client:
        client.config_set("notify-keyspace-events", "K$")
        yield client, Stored(client)


def new_worker(start_api: StartApi, valkey: Valkey, folder: Path, **more: str) -> tuple[Api, Worker]:
    """An API with many exercises and a worker that is not started yet."""
    api = start_api(accounts(folder / "accounts"))
    fill(api, EXERCISES)
    slow = {"WORKER_REFRESH__CONCURRENCY": "1", "WORKER_WORKER__LEASE": "1"}
    return api, Worker(folder / "worker.log", for_worker(api.url, valkey.url) | slow | more)


def assert_current(api: Api, client: "redis.Redis") -> None:
    """Every exercise's insight is that of the exercise as it is."""
    rows = sql(
        api.variables["DATABASE_URL"], "SELECT id, name, sets, reps, weight, workout_day FROM exercises ORDER BY id"
    )
    assert len(rows) == EXERCISES
    kept: Any = client.mget([insights.key(row["id"]) for row in rows])
    assert [
        row["id"]
        for row, value in zip(rows, kept, strict=True)
        if insights.decode(value, insights.digest(*row)) is None
    ] == []


def test_killed_at_any_moment(start_api: StartApi, own_valkey: Valkey, tmp_path: Path) -> None:
    dice = random.Random()
    api, process = new_worker(start_api, own_valkey, tmp_path)
    hits = 0
    with watched(own_valkey) as (client, stored):
        job = enqueue(own_valkey.url, TASK)
        for number in range(KILLS):
            process.launch()
            if number % 5 == 4:  # at any moment of a start, too
                stored.look(dice.uniform(0.0, 3.0))
            else:
                # Enough to be in the middle, little enough for all of them to be.
                wanted = stored.look() + dice.randint(1, max(1, EXERCISES // 2 // KILLS))
                until(lambda wanted=wanted: stored.look() >= min(wanted, EXERCISES))  # type: ignore[misc]
            process.kill()
            hits += outcome(own_valkey.url, job) is None
        process.launch()
        ended = until(lambda: outcome(own_valkey.url, job), 120)
        stored.look(1.0)
        print(f"{hits} of {KILLS} kills hit the job; {sum(stored.times.values())} insights stored; the end: {ended}")
        assert ended["s"], ended
        assert hits >= KILLS * 0.6
        assert ended["t"] >= hits * 0.6, "how often arq has begun it"
        assert_current(api, client)
        assert len(stored.times) == EXERCISES
        assert {name: times for name, times in stored.times.items() if times > 1} == {}
        assert sum(1 for _ in client.scan_iter("idempotency:refresh:*", count=1000)) == EXERCISES
    assert process.end() == 0, process.output()


def test_stopped_in_the_middle_a_job_is_finished_first(start_api: StartApi, own_valkey: Valkey, tmp_path: Path) -> None:
    _, process = new_worker(start_api, own_valkey, tmp_path, WORKER_WORKER__SHUTDOWN="60")
    with watched(own_valkey) as (_, stored):
        process.launch()
        job = enqueue(own_valkey.url, TASK)
        until(stored.look)
        assert process.end(70) == 0
        ended = outcome(own_valkey.url, job)
        assert ended is not None
        assert (ended["s"], ended["t"]) == (True, 1)


def test_stopped_in_the_middle_without_time_a_job_is_run_again(
    start_api: StartApi, own_valkey: Valkey, tmp_path: Path
) -> None:
    api, process = new_worker(start_api, own_valkey, tmp_path, WORKER_WORKER__SHUTDOWN="0")
    with watched(own_valkey) as (client, stored):
        process.launch()
        job = enqueue(own_valkey.url, TASK)
        until(stored.look)
        assert process.end() == 0
        before = outcome(own_valkey.url, job)
        process.launch()
        ended = until(lambda: outcome(own_valkey.url, job))
        stored.look(0.5)
        assert ended["s"], ended
        assert before or ended["t"] == 2
        assert_current(api, client)
        assert set(stored.times.values()) == {1}
    assert process.end() == 0
