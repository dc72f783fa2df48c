"""Connections for the hot reads: taken in turn, never too many, and replaced when they are lost."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from api import connections as module
from api.connections import Connections, Turn

pytestmark = pytest.mark.anyio
SIZE = 2


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Connections]:
    """Two connections."""
    made = Connections(lambda: asyncpg.connect(database_url), SIZE, work_seconds=60, close_seconds=2)
    yield made
    await made.close()
    assert (made.open_count(), made.idle_count()) == (0, 0)


async def backend(connection: asyncpg.Connection) -> int:
    """The server's process behind it."""
    found: int = await connection.fetchval("SELECT pg_backend_pid()")
    return found


async def test_a_connection_is_used_again(pool: Connections) -> None:
    found = set()
    for _ in range(5):
        async with Turn(pool) as connection:
            found.add(await backend(connection))
    assert len(found) == 1
    assert (pool.open_count(), pool.idle_count()) == (1, 1)


async def test_callers_are_served_in_the_order_in_which_they_ask(pool: Connections) -> None:
    held = [await pool.take() for _ in range(SIZE)]
    served: list[int] = []

    async def caller(number: int) -> None:
        async with Turn(pool):
            served.append(number)

    callers = [asyncio.create_task(caller(number)) for number in range(20)]
    await asyncio.sleep(0)
    for connection in held:
        pool.give_back(connection, usable=True)
    await asyncio.gather(*callers)
    assert served == list(range(20))
    assert pool.open_count() == SIZE


async def test_whoever_stops_waiting_takes_no_turn(pool: Connections) -> None:
    held = [await pool.take() for _ in range(SIZE)]
    waiting = asyncio.create_task(pool.take())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    for connection in held:
        pool.give_back(connection, usable=True)
    for connection in [await pool.take() for _ in range(SIZE)]:
        pool.give_back(connection, usable=True)


async def test_a_refused_statement_costs_no_connection(pool: Connections) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        async with Turn(pool) as connection:
            await connection.fetch("SELECT * FROM nothing_of_that_name")
    assert pool.idle_count() == 1


async def test_a_query_that_was_broken_off_is_over_before_its_turn_is(
    pool: Connections, sql: asyncpg.Connection
) -> None:
    async with Turn(pool) as connection:
        lost = await backend(connection)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1), Turn(pool) as connection:
            await connection.fetch("SELECT pg_sleep(60)")
    held = [await pool.take() for _ in range(SIZE)]  # there were two turns: the second is only free when it is closed
    assert lost not in {await backend(one) for one in held}
    running = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND state = 'active'"
    await sql.execute("SELECT pg_stat_clear_snapshot()")
    assert await sql.fetchval(running, lost) == 0
    for one in held:
        pool.give_back(one, usable=True)


async def test_what_is_left_in_a_transaction_is_not_handed_on(pool: Connections) -> None:
    async with Turn(pool) as connection:
        await connection.execute("BEGIN")
        left = await backend(connection)
    async with Turn(pool) as connection:
        assert not connection.is_in_transaction()
        assert await backend(connection) != left


async def test_a_connection_that_the_server_closed_is_replaced(pool: Connections, sql: asyncpg.Connection) -> None:
    async with Turn(pool) as connection:
        gone, closed = await backend(connection), asyncio.Event()
        connection.add_termination_listener(lambda _: closed.set())
    await sql.execute("SELECT pg_terminate_backend($1)", gone)
    async with asyncio.timeout(5):
        await closed.wait()
    async with Turn(pool) as connection:
        assert await backend(connection) != gone
    assert pool.open_count() == 1


async def test_a_connection_that_was_idle_for_long_is_replaced(
    pool: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Turn(pool) as connection:
        old = await backend(connection)
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.0)
    async with Turn(pool) as connection:
        assert await backend(connection) != old
    assert pool.open_count() == 1


async def test_a_server_that_is_away_keeps_no_turn() -> None:
    async def refused() -> asyncpg.Connection:
        raise ConnectionRefusedError

    away = Connections(refused, 1, work_seconds=60, close_seconds=1)
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            await away.take()
    assert away.open_count() == 0
