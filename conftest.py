"""Real servers for all tests: one PostgreSQL and one Valkey a run, shared by the parallel workers."""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

# Tests may lose data; they may not wait for disks.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
POSTGRES, VALKEY = "TEST_POSTGRES_URL", "TEST_VALKEY_URL"

servers = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the process that starts the workers, which inherit its environment."""
    if hasattr(config, "workerinput") or config.option.collectonly or POSTGRES in os.environ:
        return
    from devstack.postgres import Postgres
    from devstack.valkey import Valkey

    folder = Path(servers.enter_context(tempfile.TemporaryDirectory(prefix="workout-tests-")))
    folder.chmod(0o755)  # as root, PostgreSQL runs under another account
    os.environ[POSTGRES] = servers.enter_context(Postgres(folder / "pg", settings=FAST, createdb=True, keep=False)).url
    os.environ[VALKEY] = servers.enter_context(Valkey(folder / "valkey")).url


def pytest_report_header() -> str:
    """What serves the web app differs from machine to machine."""
    from tests.browser.house import server_here

    return f"web app: its stories are told behind {server_here()}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    servers.close()


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A PostgreSQL whose user may create databases. Its own database stays empty."""
    return os.environ[POSTGRES]


@pytest.fixture(scope="session")
def valkey_url() -> str:
    """A Valkey for everybody: take keys or databases that no other test takes."""
    return os.environ[VALKEY]


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """One event loop for a worker's whole run, the kind that production has."""
    return "asyncio", {"use_uvloop": True}
