"""Kept answers: who shares one, how long it lives, and how often it is made."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic

import httpx
import pytest
import redis.asyncio

from ai_coach.coach import cache as module
from ai_coach.coach.cache import FALLBACK_SECONDS, LEASE_MS, PREFIX, Answer, Cache, Life, key_of
from ai_coach.coach.store import Store
from devstack.ports import free_port
from devstack.valkey import Valkey

pytestmark = pytest.mark.anyio

LOCK = f"{PREFIX}lock:k"


class Maker:
    """Makes an answer, counts how often, and waits where it is told to."""

    def __init__(self, body: str = "made", *, error: Exception | None = None) -> None:
        self.answer, self.error, self.made = Answer(body, "full"), error, 0
        self.may_finish = asyncio.Event()
        self.may_finish.set()
        self.begun = asyncio.Event()

    async def __call__(self) -> Answer:
        self.made += 1
        self.begun.set()
        await self.may_finish.wait()
        if self.error:
            raise self.error
        return self.answer


async def ask(cache: Cache, make: Callable[[], Awaitable[Answer]], seconds: float = 60) -> tuple[str, bool]:
    """(the answer, was it kept or made for somebody else)."""
    found = await cache.make("k", make, monotonic() + seconds)
    return found.body, found.was_kept


@pytest.fixture
async def store(own_valkey: Valkey, kept: object) -> AsyncIterator[Store]:
    store = Store(f"{own_valkey.url}/0")
    yield store
    await store.aclose()


def test_a_key_is_of_everything_in_any_order() -> None:
    assert key_of({"a": 1, "b": {"c": None, "d": "ü"}}) == key_of({"b": {"d": "ü", "c": None}, "a": 1})
    assert len({key_of({"a": value}) for value in (1, "1", None, [1], {"a": 1}, "\ud800")}) == 6


async def test_an_answer_is_made_once_and_then_kept(store: Store, kept: redis.asyncio.Redis) -> None:
    cache, make = Cache(store, 100), Maker()
    assert await ask(cache, make) == ("made", False)
    assert await ask(cache, make) == ("made", True)
    assert await ask(Cache(store, 100), make) == ("made", True)
    assert make.made == 1
    assert await kept.keys() == [f"{PREFIX}k"]  # no lock is left behind


@pytest.mark.parametrize(
    ("life", "seconds", "kept_seconds"), [("full", 1000, 1000), ("short", 1000, 60), ("short", 20, 20)]
)
async def test_an_answer_lives_about_as_long_as_it_should(
    store: Store, kept: redis.asyncio.Redis, life: Life, seconds: int, kept_seconds: int
) -> None:
    assert FALLBACK_SECONDS == 60
    cache = Cache(store, seconds)
    lifetimes = []
    for number in range(20):
        await cache.keep(f"{number}", Answer("made", life))
        lifetimes.append(await kept.ttl(f"{PREFIX}{number}"))
    assert all(kept_seconds * 0.9 - 3 <= lifetime <= kept_seconds * 1.1 + 1 for lifetime in lifetimes)
    assert len(set(lifetimes)) > 1


async def test_a_cache_of_one_second_still_keeps(store: Store, kept: redis.asyncio.Redis) -> None:
    await Cache(store, 1).keep("k", Answer("made", "full"))
    assert await kept.ttl(f"{PREFIX}k") in (0, 1)


async def test_switched_off_it_keeps_nothing_and_still_makes_once_at_a_time(
    store: Store, kept: redis.asyncio.Redis
) -> None:
    cache, make = Cache(store, 0), Maker()
    make.may_finish.clear()
    asked = [asyncio.create_task(ask(cache, make)) for _ in range(3)]
    await make.begun.wait()
    make.may_finish.set()
    assert sorted(await asyncio.gather(*asked)) == [("made", False), ("made", True), ("made", True)]
    await cache.keep("k", Answer("made", "full"))
    assert (await ask(cache, make), make.made) == (("made", False), 2)
    assert await kept.keys() == []


async def test_without_redis_answers_are_made(kept: object) -> None:
    store = Store(f"redis://127.0.0.1:{free_port()}")
    cache, make = Cache(store, 100), Maker()
    assert [await ask(cache, make) for _ in range(2)] == [("made", False)] * 2
    await cache.keep("k", Answer("made", "full"))
    await store.aclose()


async def test_redis_lost_while_an_answer_is_made_costs_nothing(tmp_path: Path) -> None:
    make = Maker()
    make.may_finish.clear()
    with Valkey(tmp_path) as valkey:
        store = Store(valkey.url)
        asked = asyncio.create_task(ask(Cache(store, 100), make))
        await make.begun.wait()
    make.may_finish.set()
    assert await asked == ("made", False)
    await store.aclose()


async def test_a_failure_is_everybodys_and_leaves_no_lock(store: Store, kept: redis.asyncio.Redis) -> None:
    cache, make = Cache(store, 100), Maker(error=LookupError("broken"))
    make.may_finish.clear()
    asked = [asyncio.create_task(ask(cache, make)) for _ in range(2)]
    await make.begun.wait()
    make.may_finish.set()
    for each in asked:
        with pytest.raises(LookupError):
            await each
    assert (make.made, await kept.keys()) == (1, [])
    assert await ask(cache, Maker("better")) == ("better", False)


async def test_whoever_leaves_takes_the_answer_from_nobody(store: Store) -> None:
    cache, make = Cache(store, 100), Maker()
    make.may_finish.clear()
    first, second = (asyncio.create_task(ask(cache, make)) for _ in range(2))
    await make.begun.wait()
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    make.may_finish.set()
    assert await second == ("made", True)
    assert make.made == 1


async def test_another_replica_waits_for_the_answer(store: Store, kept: redis.asyncio.Redis) -> None:
    make, other = Maker(), Maker("other")
    make.may_finish.clear()
    asked = asyncio.create_task(ask(Cache(store, 100), make))
    await make.begun.wait()
    waiting = asyncio.create_task(ask(Cache(store, 100), other))
    await asyncio.sleep(module.POLL_SECONDS)
    make.may_finish.set()
    assert await asked == ("made", False)
    assert (await waiting, other.made) == (("made", True), 0)


async def test_one_whose_maker_has_died_makes_it_itself(store: Store, kept: redis.asyncio.Redis) -> None:
    await kept.set(LOCK, "somebody", px=60_000)
    make = Maker()
    waiting = asyncio.create_task(ask(Cache(store, 100), make))
    await asyncio.sleep(module.POLL_SECONDS)
    assert make.made == 0
    await kept.delete(LOCK)
    assert await waiting == ("made", False)


async def test_one_that_waits_too_long_makes_it_and_leaves_the_others_lock(
    store: Store, kept: redis.asyncio.Redis
) -> None:
    await kept.set(LOCK, "somebody")
    assert await ask(Cache(store, 100), Maker(), seconds=0.01) == ("made", False)
    assert await kept.get(LOCK) == "somebody"


async def test_a_lock_is_held_while_an_answer_is_made_and_no_longer(
    store: Store, kept: redis.asyncio.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEASE_MS", 300)
    make = Maker()
    make.may_finish.clear()
    asked = asyncio.create_task(ask(Cache(store, 100), make))
    await make.begun.wait()
    await asyncio.sleep(0.6)  # twice its life
    assert 0 < await kept.pttl(LOCK) <= 300
    make.may_finish.set()
    await asked
    assert await kept.get(LOCK) is None


async def test_a_lock_that_somebody_else_has_got_is_left_alone(store: Store, kept: redis.asyncio.Redis) -> None:
    make = Maker()
    make.may_finish.clear()
    asked = asyncio.create_task(ask(Cache(store, 100), make))
    await make.begun.wait()
    assert 0 < await kept.pttl(LOCK) <= LEASE_MS
    await kept.set(LOCK, "somebody else's by now")
    make.may_finish.set()
    await asked
    assert await kept.get(LOCK) == "somebody else's by now"


async def test_whoever_waits_keeps_time_to_make_it(store: Store, kept: redis.asyncio.Redis) -> None:
    await kept.set(LOCK, "somebody who is alive and slow")
    begun = monotonic()
    assert await ask(Cache(store, 100), Maker(), seconds=1) == ("made", False)
    assert monotonic() - begun < 0.95


async def test_an_answer_for_its_caller_alone_is_not_kept(store: Store, kept: redis.asyncio.Redis) -> None:
    make = Maker()
    make.answer = Answer("made", "none")
    assert await ask(Cache(store, 100), make) == ("made", False)
    assert await kept.keys() == []


@pytest.mark.parametrize("path", ["/chat", "/chat/stream"])
async def test_what_somebody_else_wrote_into_the_cache_is_passed_over(
    client: httpx.AsyncClient, kept: redis.asyncio.Redis, path: str
) -> None:
    question = {"message": "How long should I rest?"}
    made = (await client.post("/chat", json=question)).json()
    [key] = await kept.keys()
    for nonsense in ("", "not JSON", '{"response": 1}', '{"title": "of another kind"}'):
        await kept.set(key, nonsense)
        answer = await client.post(path, json=question)
        assert answer.status_code == 200
        assert made["response"][:40].splitlines()[0] in answer.text
        assert "cache" not in answer.text
