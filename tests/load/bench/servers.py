"""The servers that are measured, all alive at once and idle but for the one that is asked."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis
from jose import jwt

from devstack.postgres import Postgres
from devstack.valkey import Valkey
from tests.databases import new_database, sql
from tests.load.bench import machine, wrk
from tests.load.bench.wrk import Ask
from tests.people import log_in, new_person
from tests.processes import Api, Service

ROOT = Path(__file__).parents[3]
PLAIN = ROOT / "tests/load/baselines/plain.sql"
EXERCISES = 10_000
SECRET = "a secret of the benchmark, thirty-two bytes or more"
# What is compared is the work of processors, not of disks.
NO_DISK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
FILL = """
    INSERT INTO {table} ({columns}name, sets, reps, weight, workout_day)
    SELECT {values}'Exercise ' || n, 3 + n % 3, 5 + n % 10, 20 + n % 160 / 2.0, chr(65 + n % 5)
    FROM generate_series(1, {count}) n"""


class Baseline(Service):
    """One of `tests/load/baselines`, served as its camp would serve it."""

    port_variable = "UVICORN_PORT"

    def __init__(self, name: str, log: Path, variables: dict[str, str]) -> None:
        module = f"tests.load.baselines.{name}:app"
        options = ("--app-dir", str(ROOT), "--no-access-log", "--log-level", "warning")
        self.command = ("uvicorn", module, *options)
        super().__init__(log, variables)


@dataclass(frozen=True)
class House:
    """Everything that runs, and everything that may be asked: (server, kind) to an Ask."""

    services: dict[str, Service]
    postgres: Postgres
    valkey: Valkey
    database: str
    asks: dict[tuple[str, str], Ask]

    def server_seconds(self, server: str) -> float:
        """Processor time that the server has used so far."""
        child = self.services[server].child
        assert child
        return machine.cpu_seconds(child.pid)

    def postgres_seconds(self) -> float:
        """Processor time that PostgreSQL has used so far."""
        assert self.postgres.child
        return machine.cpu_seconds(self.postgres.child.pid)

    def must_live(self) -> None:
        """Whatever was measured without one of them is worth nothing."""
        children = {name: service.child for name, service in self.services.items()}
        for name, child in {**children, "PostgreSQL": self.postgres.child, "Valkey": self.valkey.child}.items():
            if child is None or child.poll() is not None:
                raise SystemExit(f"{name} has ended while it was measured")

    def versions(self) -> dict[str, str]:
        """Of what is no package of ours."""
        with redis.Redis.from_url(self.valkey.url) as client:
            valkey = str(client.info("server")["valkey_version"])
        return {
            "postgresql": str(sql(self.database, "SHOW server_version")[0][0]),
            "valkey": valkey,
            "wrk": wrk.version(),
        }

    def tidy(self) -> None:
        """Take away what was added, so that every round finds the same tables."""
        sql(self.database, "TRUNCATE plain_added")
        sql(self.database, "DELETE FROM exercises WHERE routine_id <> $1", self.routine)
        for table in ("exercises", "routines"):
            sql(self.database, f"VACUUM {table}")

    @property
    def routine(self) -> int:
        """The one with all the exercises."""
        found: int = sql(self.database, "SELECT routine_id FROM exercises ORDER BY id LIMIT 1")[0][0]
        return found


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """PostgreSQL with 10,000 exercises, Valkey, the three baselines and the Workout API with everything on."""
    server_core, other_core = machine.cores()
    with ExitStack() as stack:
        folder.chmod(0o755)  # as root, PostgreSQL runs under another account
        with machine.on(other_core):
            postgres = stack.enter_context(Postgres(folder / "pg", settings=NO_DISK, createdb=True, keep=False))
            valkey = stack.enter_context(Valkey(folder / "valkey"))
        database = stack.enter_context(new_database(postgres.url))
        variables = {"DATABASE_URL": database, "REDIS_URL": valkey.url, "JWT_SECRET_KEY": SECRET}
        # An admin may read once a day: whoever asks as one is refused.
        ours = {"API_ACCESS": "private", "RATELIMIT_READ_ADMIN": "1/day", "RATELIMIT_ADMIN": "1000000/minute"}
        services: dict[str, Service] = {"ours": Api(folder / "ours.log", variables | ours)}
        for name in ("limit", "naive", "tutorial"):
            services[name] = Baseline(name, folder / f"{name}.log", variables)
        with machine.on(server_core):
            for name, service in services.items():
                stack.callback(service.stop)
                service.start("/readyz" if name == "ours" else "/docs" if name == "tutorial" else "/exercises")
                if name == "ours":
                    _fill(database)
        yield House(services, postgres, valkey, database, _asks(services))


def _fill(database: str) -> None:
    for statement in PLAIN.read_text().split(";\n"):
        if statement.strip():
            sql(database, statement)
    sql(database, FILL.format(table="plain_exercises", columns="", values="", count=EXERCISES))
    sql(database, "INSERT INTO plain_counter VALUES ($1, 1)", EXERCISES)
    routine = sql(database, "SELECT r.id FROM routines r JOIN users u ON u.id = r.owner_id WHERE username = 'user'")[0][
        0
    ]
    sql(database, "DELETE FROM exercises")
    sql(database, "ALTER SEQUENCE exercises_id_seq RESTART")
    sql(database, FILL.format(table="exercises", columns="routine_id, ", values=f"{routine}, ", count=EXERCISES))
    sql(database, "ANALYZE")


def _asks(services: dict[str, Service]) -> dict[tuple[str, str], Ask]:
    """Each checked once to be answered as it should be."""
    with services["ours"].client() as client:
        admin = log_in(client, "admin")
        reader, writer = log_in(client, "user"), new_person(client, admin)
        client.get("/exercises", headers=admin.headers)  # from here on the admin is refused
        tag = client.get("/exercises", headers=reader.headers).headers["ETag"]
    ours = services["ours"].url
    asks = {
        ("ours", "list"): Ask(ours, "list", reader.access_token),
        ("ours", "unchanged"): Ask(ours, "list", reader.access_token, tag),
        ("ours", "limited"): Ask(ours, "list", admin.access_token),
        ("ours", "one"): Ask(ours, "one", reader.access_token),
        ("ours", "add"): Ask(ours, "add", writer.access_token),
    }
    token = jwt.encode({"sub": "user", "exp": datetime.now(UTC) + timedelta(hours=1)}, SECRET, "HS256")
    for server in ("limit", "naive", "tutorial"):
        for kind in ("list", "one", "add") if server != "naive" else ("list",):
            asks[server, kind] = Ask(services[server].url, kind, token)
    return asks
