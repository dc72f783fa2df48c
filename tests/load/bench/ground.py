"""Servers of a part's own: PostgreSQL, Valkey, and whatever of ours it starts beside them."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from devstack.postgres import Postgres
from devstack.valkey import Valkey
from tests.databases import new_database, sql
from tests.load.bench import machine
from tests.load.bench.servers import NO_DISK, SECRET
from tests.processes import Api, Service

S = TypeVar("S", bound=Service)
FILL = """
    INSERT INTO exercises (routine_id, name, sets, reps, weight, workout_day)
    SELECT r.id, 'Exercise ' || n, 3 + n % 3, 5 + n % 10, 20 + n % 160 / 2.0, chr(65 + n % 5)
    FROM generate_series(1, $1) n, routines r JOIN users u ON u.id = r.owner_id WHERE u.username LIKE $2"""


@dataclass(frozen=True)
class Ground:
    """What runs, and on which cores: the measured process, what asks it and its databases, and a service beside it."""

    folder: Path
    postgres: Postgres
    valkey: Valkey
    measured: set[int]
    others: set[int]
    beside: set[int]
    stack: ExitStack

    def api(self, core: set[int] | None = None, **variables: str) -> Api:
        """A private API, on a database of its own unless it is given one."""
        if "DATABASE_URL" not in variables:
            variables["DATABASE_URL"] = self.stack.enter_context(new_database(self.postgres.url))
        own = {"JWT_SECRET_KEY": SECRET, "REDIS_URL": self.valkey.url, "API_ACCESS": "private"}
        return self.start(Api(self.log(), own | variables), core)

    def start(self, service: S, core: set[int] | None = None) -> S:
        """Start it on its core and see to its end."""
        self.stack.callback(service.stop)
        with machine.on(core or self.measured):
            service.start()
        return service

    def log(self) -> Path:
        """A log for somebody."""
        return self.folder / f"{uuid4().hex[:8]}.log"

    def postgres_seconds(self) -> float:
        """Processor time that PostgreSQL has used so far."""
        assert self.postgres.child
        return machine.cpu_seconds(self.postgres.child.pid)


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Both databases, and whoever measures, on the core that asks."""
    folder.chmod(0o755)  # as root, PostgreSQL runs under another account
    measured, others = machine.cores()
    beside = {*sorted(os.sched_getaffinity(0))[2:3]} or others
    with ExitStack() as stack, machine.on(others):
        postgres = stack.enter_context(Postgres(folder / "pg", settings=NO_DISK, createdb=True, keep=False))
        valkey = stack.enter_context(Valkey(folder / "valkey"))
        yield Ground(folder, postgres, valkey, measured, others, beside, stack)


def cpu_seconds(service: Service) -> float:
    """Processor time that a service has used so far."""
    assert service.child
    return machine.cpu_seconds(service.child.pid)


def fill(api: Api, each: int, owners: str = "user") -> None:
    """So many exercises in each routine of these accounts, none elsewhere; all routines filled little by little."""
    database = api.variables["DATABASE_URL"]
    sql(database, "DELETE FROM exercises")
    sql(database, FILL, each, owners)
    for statement in ("VACUUM ANALYZE exercises", "VACUUM ANALYZE routines", "VACUUM ANALYZE users"):
        sql(database, statement)
