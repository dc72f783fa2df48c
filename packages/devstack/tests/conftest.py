"""Folders and runners for the tests."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packages.devstack.tests.harness import ELSEWHERE, Runner, left_in, until

from devstack.ports import free_port
from devstack.postgres import Postgres


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account may pass; pytest's own are closed to all but the one that runs the tests."""
    path = Path(tempfile.mkdtemp(prefix="devstack-")).resolve()
    path.chmod(0o755)
    yield path
    try:
        until(lambda: not left_in(path), 10)
    finally:
        for pid in left_in(path):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(path)


@pytest.fixture
def bare(folder: Path) -> Iterator[Runner]:
    """A runner with its own ports and no data yet, killed at the end with all it started."""
    ports: dict[str, int] = {}
    for name in ("POSTGRES_PORT", "REDIS_PORT", "API_PORT"):
        ports[name] = next(port for port in iter(free_port, 0) if port not in ports.values())
    runner = Runner(folder, ports)
    yield runner
    if runner.process and runner.process.poll() is None:
        runner.stop(signal.SIGKILL)


@pytest.fixture
def light(bare: Runner) -> Runner:
    """A runner with a database and Redis elsewhere, which nobody asks: it starts in no time."""
    bare.variables |= ELSEWHERE
    return bare


@pytest.fixture(scope="session")
def made_data() -> Iterator[Path]:
    """A folder with PostgreSQL's data as a first start makes it, for `runner` to copy: making it takes longer."""
    with tempfile.TemporaryDirectory(prefix="devstack-") as path:
        Path(path).chmod(0o755)
        with Postgres(Path(path), settings={"fsync": "off"}):
            pass
        yield Path(path)


@pytest.fixture
def runner(bare: Runner, made_data: Path) -> Runner:
    """A runner that was started before."""
    bare.data.mkdir()
    subprocess.run(["cp", "-a", *made_data.glob("postgres*"), bare.data], check=True)
    return bare
