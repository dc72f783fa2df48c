"""A Valkey of this worker's own, emptied for each test."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

import pytest
import redis.asyncio

from devstack.valkey import Valkey
from worker.resources import Resources, open_resources
from worker.settings import WorkerSettings

NOBODY = "http://127.0.0.1:1"


class Open(Protocol):
    """`open_with(refresh={"concurrency": 2})`: resources for these settings, to be entered."""

    def __call__(self, **settings: object) -> AbstractAsyncContextManager[Resources]: ...


@pytest.fixture(scope="session")
def own_valkey() -> Iterator[Valkey]:
    """The names of the worker's keys are fixed, so tests that run at the same time need servers of their own."""
    with tempfile.TemporaryDirectory(prefix="workout-worker-") as folder, Valkey(Path(folder)) as server:
        yield server


@pytest.fixture
async def store(own_valkey: Valkey) -> AsyncIterator["redis.asyncio.Redis"]:
    """A client of the cache's database. Everything is empty."""
    async with redis.asyncio.Redis.from_url(f"{own_valkey.url}/0") as client:
        await client.flushall()
        yield client


@pytest.fixture
def open_with(own_valkey: Valkey) -> Open:
    """Resources of a worker whose API and coach are away, unless the settings say otherwise."""

    def open_them(**given: object) -> AbstractAsyncContextManager[Resources]:
        urls = {"workout_api_url": NOBODY, "ai_coach_url": NOBODY}
        quick = {"max_retries": 0, "retry_delay": 0}
        settings = {"redis_url": own_valkey.url, "api_client": urls, "refresh": quick, **given}
        return open_resources(WorkerSettings.model_validate(settings))

    return open_them
