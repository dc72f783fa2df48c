"""Scripts that are wanted at the same moment: one round trip, and each its own answer."""

import asyncio

import pytest
import redis.asyncio
from redis.exceptions import ConnectionError as Away
from redis.exceptions import ResponseError

from worker.refresh.together import Together

ECHO = "return ARGV[1]"
COUNT = "return redis.call('INCRBY', KEYS[1], ARGV[1])"


async def trips(store: "redis.asyncio.Redis") -> int:
    """How often Redis has read from its clients so far, but for this question."""
    return int((await store.info("stats"))["total_reads_processed"])


async def test_what_is_wanted_at_once_is_one_trip(store: "redis.asyncio.Redis") -> None:
    together, count = Together(store), store.register_script(COUNT)
    assert await together.run(count, ["n"], [0]) == 0  # it is loaded from here on
    before = await trips(store)
    assert await asyncio.gather(*(together.run(count, ["n"], [1]) for _ in range(20))) == [*range(1, 21)]
    assert await trips(store) - before == 2, "the twenty, and the question how many there were"


async def test_a_script_that_redis_does_not_know_is_loaded(store: "redis.asyncio.Redis") -> None:
    together, echo = Together(store), store.register_script(ECHO)
    for _ in range(2):
        await store.script_flush()
        said = await asyncio.gather(*(together.run(echo, [], [word]) for word in "abc"))
        assert said == [b"a", b"b", b"c"]


async def test_one_that_is_refused_is_refused_alone(store: "redis.asyncio.Redis") -> None:
    together, count = Together(store), store.register_script(COUNT)
    asked = (together.run(count, ["n"], [amount]) for amount in (1, "none", 2))
    first, refused, last = await asyncio.gather(*asked, return_exceptions=True)
    assert (first, type(refused), last) == (1, ResponseError, 3)


async def test_one_that_is_cancelled_takes_nothing_from_the_others(store: "redis.asyncio.Redis") -> None:
    together, echo = Together(store), store.register_script(ECHO)
    asked = [asyncio.create_task(together.run(echo, [], [word])) for word in "abc"]
    await asyncio.sleep(0)
    asked[0].cancel()
    said = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(said[0], asyncio.CancelledError)
    assert said[1:] == [b"b", b"c"]
    assert await together.run(echo, [], ["d"]) == b"d"


async def test_a_redis_that_is_away_is_so_for_all_who_ask() -> None:
    async with redis.asyncio.Redis(port=1, socket_connect_timeout=0.2) as nobody:
        together, echo = Together(nobody), nobody.register_script(ECHO)
        for _ in range(2):
            said = await asyncio.gather(*(together.run(echo, [], [1]) for _ in range(3)), return_exceptions=True)
            assert all(isinstance(one, (Away, OSError)) for one in said), said


@pytest.mark.parametrize("text", ["", "x" * 100_000, "ü\r\n"])
async def test_what_is_said_arrives_as_it_is(store: "redis.asyncio.Redis", text: str) -> None:
    assert await Together(store).run(store.register_script(ECHO), [], [text]) == text.encode()
