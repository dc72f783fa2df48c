"""Rounds: in each, every server is asked for everything in turn, so that what else the machine does meets all alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx

from tests.load.bench.servers import House
from tests.load.bench.wrk import Ask, Running

Key = tuple[str, str]
WARMING_SECONDS = 1
NEW = {"name": "Bench Press", "sets": 4, "reps": 8, "weight": 82.5, "workout_day": "A"}
EXERCISE = {"id", *NEW}
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


def check(asks: dict[Key, Ask]) -> dict[Key, int]:
    """Ask everybody once: what is measured must be what was meant. How many bytes each answer has."""
    return {key: _right(key, ask) for key, ask in asks.items()}


def _right(key: Key, ask: Ask) -> int:
    server, kind = key
    headers = {"Authorization": f"Bearer {ask.token}", **({"If-None-Match": ask.tag} if ask.tag else {})}
    if kind == "add":
        answer = httpx.post(f"{ask.url}/exercises", headers=headers, json=NEW, timeout=30)
    else:
        path = "/exercises/7" if kind == "one" else "/exercises"
        answer = httpx.get(ask.url + path, headers=headers, timeout=30)
    found = answer.json() if answer.content else {}
    right: dict[str, Callable[[], bool]] = {
        "list": lambda: found["total"] == 10_000 and len(found["items"]) == 20 and found["items"][0].keys() >= EXERCISE,
        "one": lambda: found.keys() >= EXERCISE and found["id"] == 7,
        "add": lambda: found.keys() >= EXERCISE and NEW.items() <= found.items(),
        "unchanged": lambda: not answer.content and answer.headers["ETag"] == ask.tag,
        "limited": lambda: "Retry-After" in answer.headers,
    }
    if answer.status_code != EXPECTED[kind] or not right[kind]():
        raise SystemExit(f"{server} answers {kind} with {answer.status_code}: {answer.text[:500]}")
    line = f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}\r\n\r\n"
    head = sum(len(name) + len(value) + len(": \r\n") for name, value in answer.headers.raw)
    return len(line) + head + len(answer.content)


def measure(house: House, keys: list[Key], rounds: int, seconds: float) -> Iterator[Round]:
    """So many rounds, each leaving the tables as it found them."""
    sizes = check({key: house.asks[key] for key in keys})
    for _ in range(rounds):
        found = {key: _slice(house, key, seconds, sizes[key]) for key in keys}
        house.tidy()
        yield found


def _slice(house: House, key: Key, seconds: float, size: int) -> Slice:
    server, kind = key
    with Running(house.asks[key], WARMING_SECONDS) as running:
        running.answers()  # plans, caches and connections are what they are in a server that is in use
    cpu, postgres = house.server_seconds(server), house.postgres_seconds()
    with Running(house.asks[key], seconds) as running:
        answers = running.answers()
    spent, asked = house.server_seconds(server) - cpu, house.postgres_seconds() - postgres
    house.must_live()
    refused = answers.requests if kind == "limited" else 0
    each = answers.bytes / max(1, answers.requests)
    # Statuses below 400 wrk does not tell apart; an answer that is not the right one has another size.
    if answers.broken or answers.refused != refused or not 0.9 < each / size < 1.1:
        raise SystemExit(
            f"{server} failed at {kind}, whose answers have {size} bytes: {answers}\n"
            f"{house.services[server].output()[-2000:]}"
        )
    return Slice(
        rate=answers.requests / answers.seconds,
        cpu=spent / answers.requests * 1e6,
        postgres=asked / answers.requests * 1e6,
        p50=answers.p50,
        p99=answers.p99,
    )
