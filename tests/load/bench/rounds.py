"""Rounds: in each, every server is asked for everything in turn, so that what else the machine does meets all alike."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from tests.load.bench.servers import House
from tests.load.bench.wrk import Ask, Running

Key = tuple[str, str]
WARMING_SECONDS = 1
EXPECTED = {"list": 200, "one": 200, "add": 201, "unchanged": 304, "limited": 429}


@dataclass(frozen=True)
class Slice:
    """Some seconds of one kind of request to one server.

    `rate` in requests a second, `cpu` and `postgres` in microseconds of processor time a request, p50 and p99 in ms.
    """

    rate: float
    cpu: float
    postgres: float
    p50: float
    p99: float


Round = dict[Key, Slice]


def check(asks: dict[Key, Ask]) -> None:
    """Ask everybody once: what is measured must be what was meant."""
    for (server, kind), ask in asks.items():
        headers = {"Authorization": f"Bearer {ask.token}", **({"If-None-Match": ask.tag} if ask.tag else {})}
        new = {"name": "Bench Press", "sets": 4, "reps": 8, "weight": 82.5, "workout_day": "A"}
        method, path = (
            ("POST", "/exercises") if kind == "add" else ("GET", "/exercises/7" if kind == "one" else "/exercises")
        )
        body = {"json": new} if kind == "add" else {}
        answer = httpx.request(method, ask.url + path, headers=headers, timeout=30, **body)  # type: ignore[arg-type]
        if answer.status_code != EXPECTED[kind]:
            raise SystemExit(f"{server} answers {kind} with {answer.status_code}: {answer.text[:500]}")
        if kind == "list" and (answer.json()["total"], len(answer.json()["items"])) != (10_000, 20):
            raise SystemExit(f"{server} gives another page: {answer.text[:500]}")


def measure(house: House, keys: list[Key], rounds: int, seconds: float) -> Iterator[Round]:
    """So many rounds, each leaving the tables as it found them."""
    for _ in range(rounds):
        found = {key: _slice(house, key, seconds) for key in keys}
        house.tidy()
        yield found


def _slice(house: House, key: Key, seconds: float) -> Slice:
    server, kind = key
    with Running(house.asks[key], WARMING_SECONDS) as running:
        running.answers()  # plans, caches and connections are what they are in a server that is in use
    cpu, postgres = house.server_seconds(server), house.postgres_seconds()
    with Running(house.asks[key], seconds) as running:
        answers = running.answers()
    spent, asked = house.server_seconds(server) - cpu, house.postgres_seconds() - postgres
    if answers.broken or (answers.refused and kind != "limited"):
        raise SystemExit(f"{server} failed at {kind}: {answers}\n{house.services[server].output()[-2000:]}")
    return Slice(
        rate=answers.requests / answers.seconds,
        cpu=spent / answers.requests * 1e6,
        postgres=asked / answers.requests * 1e6,
        p50=answers.p50,
        p99=answers.p99,
    )
