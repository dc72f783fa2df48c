"""Statements as spans of the request that they serve, where there are traces. Values are never part of a statement."""

from time import perf_counter
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import Connection, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from runtime import traces

BEGAN = "statement_began"


async def trace_connection(connection: asyncpg.Connection) -> None:
    """What a plain connection of asyncpg executes from now on."""
    connection.add_query_logger(_logged)


def trace_engine(engine: AsyncEngine) -> None:
    """What sessions execute; they prepare their statements, of which asyncpg tells nobody."""
    event.listen(engine.sync_engine, "before_cursor_execute", _begun)
    event.listen(engine.sync_engine, "after_cursor_execute", _done)
    event.listen(engine.sync_engine, "handle_error", _failed)


def _logged(query: Any) -> None:
    _note(query.query, query.elapsed, query.conn_params.database, query.exception)


def _begun(connection: Connection, *_: object) -> None:
    connection.info[BEGAN] = perf_counter()


def _done(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    _note(statement, perf_counter() - connection.info[BEGAN], connection.engine.url.database)


def _failed(failed: ExceptionContext) -> None:
    if failed.statement is not None and failed.connection is not None:
        seconds = perf_counter() - failed.connection.info[BEGAN]
        _note(failed.statement, seconds, failed.connection.engine.url.database, failed.original_exception)


def _note(statement: str, seconds: float, database: str | None, error: BaseException | None = None) -> None:
    words = statement.split()
    operation, name = (words or [""])[0].upper(), database or ""
    attributes = {
        "db.system.name": "postgresql",
        "db.namespace": name,
        "db.operation.name": operation,
        "db.query.text": " ".join(words),
    }
    traces.note(f"{operation} {name}", seconds, attributes, error)
