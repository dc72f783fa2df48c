"""PostgreSQL, twice: plain asyncpg connections for the hot reads, SQLModel sessions for everything else.

Both give up after two seconds at the most and then say 503, so that a database that is away or silent costs a caller
little, and both connect anew by themselves when it is back.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import asyncpg
from prometheus_client import CollectorRegistry, Counter, Gauge
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from api import statements
from api.connections import Connections, Turn
from runtime import traces
from runtime.problems import ServiceUnavailable

# Together below 2 s, the longest that anybody waits for a database that does not answer.
DEADLINE_SECONDS = 1.2  # for one piece of work, with the wait for a connection
RELEASE_SECONDS = 0.4  # for a cancelled query to be really over, before its connection is thrown away

# What says "the database is away", as opposed to "the query was wrong".
_AWAY = (
    OSError,  # refused, reset, unreachable, and TimeoutError
    asyncpg.InterfaceError,  # the connection was closed under us
    asyncpg.InternalClientError,  # or is being closed while something goes on in it
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,  # too many connections, disk full
    asyncpg.OperatorInterventionError,  # shutting down, starting up, cancelled by an administrator
    asyncpg.ReadOnlySQLTransactionError,  # a standby: the primary is elsewhere or gone
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.UndefinedTableError,  # not migrated yet
)


class DatabaseUnavailable(ServiceUnavailable):
    """PostgreSQL cannot be asked at the moment. Nothing was changed unless an answer said so."""

    kind = "urn:problem:database-unavailable"
    detail = "The database is temporarily unavailable"


class Database:
    """What the application holds of PostgreSQL. Made without a connection; opened by `connect`."""

    def __init__(self, connections: Connections, engine: AsyncEngine) -> None:
        self._connections = connections
        self._engine = engine
        self._unavailable = Counter(
            "db_client_unavailable_total", "Pieces of work that PostgreSQL was away for, or too busy", registry=None
        )

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """All rows of one statement, which is a transaction of its own. Raises DatabaseUnavailable."""
        try:  # as `connection` does, without a generator on the hot path
            async with Turn(self._connections) as connection:
                rows: list[asyncpg.Record] = await connection.fetch(sql, *args)
                return rows
        except _AWAY as error:
            raise self._away() from error

    async def fetchrow(self, sql: str, *args: Any) -> asyncpg.Record | None:
        """The first row of one statement, which is a transaction of its own. Raises DatabaseUnavailable."""
        return next(iter(await self.fetch(sql, *args)), None)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """A plain connection for as long as DEADLINE_SECONDS. Raises DatabaseUnavailable."""
        try:
            async with Turn(self._connections) as connection:
                yield connection
        except _AWAY as error:
            raise self._away() from error

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A SQLModel session in one transaction, committed at the end unless something was raised.

        Raises DatabaseUnavailable.
        """
        try:
            async with (
                asyncio.timeout(DEADLINE_SECONDS),
                AsyncSession(self._engine, expire_on_commit=False) as session,
                session.begin(),
            ):
                yield session
        except (PoolTimeout, *_AWAY) as error:
            raise self._away() from error
        except DBAPIError as error:
            if isinstance(cause := error.orig and error.orig.__cause__, _AWAY):
                raise self._away() from cause
            raise

    def _away(self) -> DatabaseUnavailable:
        self._unavailable.inc()
        return DatabaseUnavailable()

    def register_metrics(self, registry: CollectorRegistry) -> None:
        """Gauges of both pools, read when they are scraped, and what could not be done."""
        connections = Gauge("db_client_connections", "Connections to PostgreSQL", ("pool", "state"), registry=registry)
        ours, engine_pool = self._connections, self._engine.pool
        connections.labels("reads", "open").set_function(ours.open_count)
        connections.labels("reads", "idle").set_function(ours.idle_count)
        connections.labels("sessions", "used").set_function(engine_pool.checkedout)  # type: ignore[attr-defined]
        most = Gauge("db_client_connections_max", "Connections that a pool may have", ("pool",), registry=registry)
        most.labels("reads").set(ours.size)
        most.labels("sessions").set(engine_pool.size())  # type: ignore[attr-defined]
        waiting = Gauge("db_client_pending_requests", "Reads that wait for a connection", registry=registry)
        waiting.set_function(lambda: max(0, len(ours.deadlines) - ours.size))
        registry.register(self._unavailable)


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg brings no types
    """A connection that does not wait for a silent server's goodbye; SQLAlchemy would give it two seconds."""

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - asyncpg's own
        """Close within RELEASE_SECONDS."""
        with suppress(TimeoutError):  # asyncpg has then cut the connection already
            await super().close(timeout=min(RELEASE_SECONDS, timeout or RELEASE_SECONDS))


@asynccontextmanager
async def connect(url: str, pool_size: int) -> AsyncIterator[Database]:
    """Both pools, empty: the first requests fill them, so that a process starts without its database."""
    engine = _engine(url, max(1, pool_size // 2))
    connections = Connections(
        partial(_connect, url), pool_size, work_seconds=DEADLINE_SECONDS, close_seconds=RELEASE_SECONDS
    )
    try:
        yield Database(connections, engine)
    finally:
        await connections.close()
        await engine.dispose()


async def _connect(url: str) -> asyncpg.Connection:
    connection = await asyncpg.connect(url, timeout=DEADLINE_SECONDS)
    if traces.are_on():
        await statements.trace_connection(connection)
    return connection


def _engine(url: str, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=DEADLINE_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,  # an error's text reaches the log; what it was about need not
        connect_args={
            "timeout": DEADLINE_SECONDS,
            "command_timeout": DEADLINE_SECONDS,
            "connection_class": _Connection,
        },
    )
    if traces.are_on():
        statements.trace_engine(engine)
    return engine
