"""Databases for the processes that the tests start, and looking into them."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg


async def _fetch(url: str, statement: str, *arguments: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        rows: list[asyncpg.Record] = await connection.fetch(statement, *arguments)
        return rows
    finally:
        await connection.close()


def sql(url: str, statement: str, *arguments: object) -> list[asyncpg.Record]:
    """The rows of one statement. In a thread of its own, for a test that is a coroutine has a loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _fetch(url, statement, *arguments)).result()


@contextmanager
def new_database(server_url: str) -> Iterator[str]:
    """The URL of an empty database that nobody else knows, dropped afterwards whoever is still connected."""
    name = f"blackbox_{uuid4().hex[:12]}"
    sql(server_url, f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    finally:
        sql(server_url, f"DROP DATABASE {name} WITH (FORCE)")
