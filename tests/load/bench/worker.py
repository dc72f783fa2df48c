"""How much sooner a refresh is done that works on five exercises at a time.

Working on several at a time hides waiting. Where Valkey is beside the worker there is hardly any, and a process of
Python has one processor's worth of computing to give; so it is measured with a Valkey that is as far as elsewhere, too.
"""

import json
from collections.abc import Iterator

import redis

from ledger import runs
from ledger.jobs import DATABASE
from tests.background import run_worker
from tests.load.bench import machine
from tests.load.bench.distance import distant
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
    yield figure("refresh, five at a time ÷ one", here, api, here.valkey.url, size.exercises, size.rounds)
    with distant(here.valkey.url) as url:
        exercises = size.exercises // 5
        fill(api, exercises)
        yield figure("the same, Valkey a millisecond away", here, api, url, exercises, size.rounds)


def figure(name: str, here: Ground, api: Api, valkey: str, exercises: int, rounds: int) -> Figure:
    """With the worker's Valkey at this address."""
    ratios, rates = [], []
    for _ in range(rounds):
        one, five = (refreshed(here, api, valkey, exercises, concurrency) for concurrency in (1, 5))
        ratios.append(five / one)
        rates.append(five)
    return Figure(name, ratios, "≥", BAR, f"{sum(rates) / len(rates):.0f} exercises/s at five")


def refreshed(here: Ground, api: Api, valkey: str, exercises: int, concurrency: int) -> float:
    """Exercises a second, by the run's own clock."""
    with redis.Redis.from_url(here.valkey.url) as client:
        client.flushall()
    variables = for_worker(api.url, valkey) | {"WORKER_REFRESH__CONCURRENCY": str(concurrency)}
    with machine.on(here.measured):
        ended = run_worker("run", TASK, **variables)
    if ended.returncode or json.loads(ended.stdout.splitlines()[-1])["processed"] != exercises:
        raise SystemExit(f"the refresh has not refreshed {exercises} exercises:\n{ended.stdout}{ended.stderr}")
    with redis.Redis.from_url(f"{here.valkey.url}/{DATABASE}") as client:
        kept = client.get(runs.last(TASK))
    assert isinstance(kept, bytes)
    return exercises / runs.Run.from_json(kept).seconds
