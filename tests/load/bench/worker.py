"""How much sooner a refresh is done that works on five exercises at a time."""

import json
from collections.abc import Iterator

import redis

from ledger import runs
from ledger.jobs import DATABASE
from tests.background import run_worker
from tests.load.bench import machine
from tests.load.bench.figures import Figure, Size
from tests.load.bench.ground import Ground, fill
from tests.processes import Api
from tests.together import accounts, for_worker

BAR = 3
TASK = "refresh_exercises"


def figures(here: Ground, size: Size) -> Iterator[Figure]:
    """Exercises a second, five at a time divided by one at a time."""
    api = here.api(here.beside, **accounts(here.folder / "worker-accounts"))
    fill(api, size.exercises)
    ratios, rates = [], []
    for _ in range(size.rounds):
        one, five = (refreshed(here, api, size.exercises, concurrency) for concurrency in (1, 5))
        ratios.append(five / one)
        rates.append(five)
    notes = f"{sum(rates) / len(rates):.0f} exercises/s at five"
    yield Figure("refresh five at a time ÷ one at a time", ratios, "≥", BAR, notes)


def refreshed(here: Ground, api: Api, exercises: int, concurrency: int) -> float:
    """Exercises a second, by the run's own clock."""
    with redis.Redis.from_url(here.valkey.url) as client:
        client.flushall()
    variables = for_worker(api.url, here.valkey.url) | {"WORKER_REFRESH__CONCURRENCY": str(concurrency)}
    with machine.on(here.measured):
        ended = run_worker("run", TASK, **variables)
    if ended.returncode or json.loads(ended.stdout.splitlines()[-1])["processed"] != exercises:
        raise SystemExit(f"the refresh has not refreshed {exercises} exercises:\n{ended.stdout}{ended.stderr}")
    with redis.Redis.from_url(f"{here.valkey.url}/{DATABASE}") as client:
        kept = client.get(runs.last(TASK))
    assert isinstance(kept, bytes)
    return exercises / runs.Run.from_json(kept).seconds
