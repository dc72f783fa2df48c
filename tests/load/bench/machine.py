"""The machine: which core does what, what it is, and how much of it a program has used."""

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from subprocess import run

PACKAGES = ("fastapi", "starlette", "uvicorn", "uvloop", "httptools", "asyncpg", "sqlmodel", "pydantic", "orjson")
TICKS = os.sysconf("SC_CLK_TCK")


def cores() -> tuple[set[int], set[int]]:
    """(the measured server's core, the core of PostgreSQL, Valkey and the load generator)."""
    if sys.platform != "linux":
        raise SystemExit("the benchmarks need Linux, which tells what a process has used of which core")
    here = sorted(os.sched_getaffinity(0))
    if len(here) < 2:
        raise SystemExit("make bench needs two cores: one for the server, one for what asks it and what it asks")
    return {here[0]}, {here[1]}


@contextmanager
def on(chosen: set[int]) -> Iterator[None]:
    """What is started meanwhile runs on these cores for as long as it lives."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, chosen)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of all its children, those that have ended among them."""
    own = _stat(pid)
    spent = sum(int(own[field]) for field in range(11, 15)) / TICKS
    children = (Path(f"/proc/{pid}/task/{pid}/children")).read_text().split()
    for child in map(int, children):
        try:
            spent += cpu_seconds(child)
        except FileNotFoundError:  # it has ended meanwhile
            continue
    return spent


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on; the second, the name, may hold blanks."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()


def memory_mb(pid: int) -> float:
    """Resident memory, in millions of bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def description() -> dict[str, object]:
    """What a reader of the figures wants to know of where they come from."""
    words = Path("/proc/cpuinfo").read_text().split("\n")
    model = next((word.partition(": ")[2] for word in words if word.startswith("model name")), platform.machine())
    commit = run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False).stdout
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit.strip(),
        "cpu": model,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9),
        "kernel": platform.release(),
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }
