"""The Worker as its users meet it: a process, beside a real API, a real coach and a Valkey of its own."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest
import redis

from devstack.valkey import Valkey
from tests.background import Worker
from tests.conftest import StartApi
from tests.processes import UNHANDLED, Api
from tests.together import accounts, for_worker

Redis = Callable[[int], "redis.Redis"]


class Start(Protocol):
    """`start_worker(WORKER_WORKER__LEASE="1")`: a running process, stopped afterwards."""

    def __call__(self, **variables: str) -> Worker: ...


@pytest.fixture(scope="session")
def own_valkey() -> Iterator[Valkey]:
    """The names of the worker's keys are fixed, so tests that run at the same time need servers of their own."""
    with tempfile.TemporaryDirectory(prefix="workout-worker-") as folder, Valkey(Path(folder)) as server:
        yield server


@pytest.fixture
def store(own_valkey: Valkey) -> Iterator[Redis]:
    """A client of a database, by number. Everything is empty at first."""
    clients = [redis.Redis.from_url(f"{own_valkey.url}/{database}", decode_responses=True) for database in (0, 1)]
    clients[0].flushall()
    yield clients.__getitem__
    for client in clients:
        client.close()


@pytest.fixture(scope="module")
def api(start_module_api: StartApi, tmp_path_factory: pytest.TempPathFactory) -> Api:
    """An open API with the sample routine and the services' accounts."""
    return start_module_api(accounts(tmp_path_factory.mktemp("secrets") / "accounts"))


@pytest.fixture
def variables(api: Api, own_valkey: Valkey, store: Redis) -> dict[str, str]:
    """The environment of a worker beside that API."""
    return for_worker(api.url, own_valkey.url) | {"WORKER_REFRESH__RETRY_DELAY": "0.05"}


@pytest.fixture
def start_worker(variables: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Starts workers."""
    started: list[Worker] = []

    def start(**more: str) -> Worker:
        process = Worker(tmp_path / f"{uuid4().hex[:8]}.log", variables | more)
        started.append(process)
        process.start()
        return process

    yield start
    for process in started:
        process.stop()
        assert UNHANDLED not in process.output(), process.output()
