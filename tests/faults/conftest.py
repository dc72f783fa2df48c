"""Servers that a test may kill: its own, and nobody else's."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.ports import free_port
from devstack.postgres import Postgres
from devstack.valkey import Valkey


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that a server of another account can reach, which pytest's own are not."""
    path = Path(tempfile.mkdtemp(prefix="workout-faults-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def own_valkey(folder: Path) -> Iterator[Valkey]:
    """A Valkey on a port that stays its own when it is started again."""
    with Valkey(folder, port=free_port()) as server:
        yield server


@pytest.fixture
def own_postgres(folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL that keeps what it has acknowledged, on a port that stays its own when it is started again."""
    with Postgres(folder, port=free_port(), settings={"max_connections": "100"}) as server:
        yield server
