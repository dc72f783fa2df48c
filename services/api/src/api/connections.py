"""Plain asyncpg connections for the hot reads, handed out in the order in which callers ask.

asyncpg's own pool makes a proxy, a task and three timers for each use: for a read as short as ours that is more work
than the query (docs/decisions/0016).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from types import TracebackType

import asyncpg

from api.deadlines import Deadlines

IDLE_SECONDS = 300.0  # then something in between may have forgotten a connection, without telling either end

Connect = Callable[[], Awaitable[asyncpg.Connection]]


class Connections:
    """Up to `size` connections; made when needed, kept while they work, replaced when they are lost."""

    def __init__(self, connect: Connect, size: int, *, work_seconds: float, close_seconds: float) -> None:
        self.size = size
        self.deadlines = Deadlines(work_seconds)
        self._connect = connect
        self._close_seconds = close_seconds
        self._turns = asyncio.Semaphore(size)
        self._idle: list[tuple[asyncpg.Connection, float]] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._open = 0

    def open_count(self) -> int:
        """How many there are."""
        return self._open

    def idle_count(self) -> int:
        """How many of them nobody uses."""
        return len(self._idle)

    async def take(self) -> asyncpg.Connection:
        """Wait for a turn; whoever gets a connection gives it to `give_back`. Raises what connecting raises."""
        await self._turns.acquire()
        try:
            while self._idle:
                connection, since = self._idle.pop()
                if not connection.is_closed() and monotonic() - since < IDLE_SECONDS:
                    return connection
                self._drop(connection)
            connection = await self._connect()
        except BaseException:
            self._turns.release()
            raise
        self._open += 1
        return connection

    def give_back(self, connection: asyncpg.Connection, *, usable: bool) -> None:
        """End a turn. What cannot be used again keeps its turn until it is closed: never are there more than `size`."""
        if usable and not connection.is_closed() and not connection.is_in_transaction():
            self._idle.append((connection, monotonic()))
            self._turns.release()
            return
        closing = asyncio.create_task(self._close(connection))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def _close(self, connection: asyncpg.Connection) -> None:
        """Wait until a query that was broken off is really over, as asyncpg does when it closes a connection."""
        try:
            with suppress(Exception):
                await connection.close(timeout=self._close_seconds)
        finally:
            self._drop(connection)
            self._turns.release()

    def _drop(self, connection: asyncpg.Connection) -> None:
        connection.terminate()
        self._open -= 1

    async def close(self) -> None:
        """Close what is idle, and wait for what is being closed."""
        while self._idle:
            self.give_back(self._idle.pop()[0], usable=False)
        await asyncio.gather(*self._closing)


class Turn:
    """`async with Turn(connections) as connection`: a piece of work with its wait. Raises TimeoutError when it is late.

    A context manager without a generator, for the hot path.
    """

    __slots__ = ("_connection", "_connections", "_work")

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def __aenter__(self) -> asyncpg.Connection:
        self._work = self._connections.deadlines.begin()
        try:
            self._connection = await self._connections.take()
        except BaseException as error:
            self._connections.deadlines.end(self._work, error)
            raise
        return self._connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        # A refused statement leaves a connection as it was; a broken-off one, or an error of the network, does not.
        usable = error is None or (isinstance(error, Exception) and not isinstance(error, OSError))
        self._connections.give_back(self._connection, usable=usable)
        self._connections.deadlines.end(self._work, error)
