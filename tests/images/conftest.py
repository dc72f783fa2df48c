"""The whole system in containers, as a cluster would start it, beside the tests' own databases."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from typing import Protocol

import pytest

from devstack.ports import free_port
from devstack.valkey import Valkey
from tests.databases import new_database
from tests.images.containers import Container, run, settings

PORTS = {
    "api": "API_PORT",
    "ai-coach": "AI_COACH_PORT",
    "worker": "WORKER_WORKER__HEALTH_PORT",
    "mcp": "MCP_PORT",
    "frontend": "LISTEN",
}
ALIVE = {"frontend": "/healthz"}
NOWHERE = "http://127.0.0.1:1"
# With these each starts, although nothing that it asks for is there.
ALONE = {
    "api": {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"},
    "ai-coach": {},
    "worker": {"REDIS_URL": "redis://127.0.0.1:1"},
    "mcp": {"WORKOUT_USERNAME": "mcp", "WORKOUT_PASSWORD": "none"},
    "frontend": {"API_URL": NOWHERE, "AI_COACH_URL": NOWHERE},
}


class Start(Protocol):
    """`start("api")`: a container that runs, on a port of its own."""

    def __call__(
        self, name: str, variables: Mapping[str, str] | None = None, secrets: Path | None = None
    ) -> Container: ...


def _start() -> Iterator[Start]:
    with ExitStack() as stack:

        def start(name: str, variables: Mapping[str, str] | None = None, secrets: Path | None = None) -> Container:
            port = free_port()
            given = {**ALONE[name], **(variables or {}), PORTS[name]: str(port)}
            container = Container(name, port, given, secrets)
            stack.callback(container.remove)
            return container

        yield start


start = pytest.fixture(_start)
start_module = pytest.fixture(_start, scope="module")


@pytest.fixture(scope="module")
def secrets(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Files as a Secret is mounted, and an empty database that one of them leads to."""
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "accounts").mkdir()
    with new_database(postgres_url) as url:
        (folder / "database-url").write_text(url)
        for name in ("jwt", "admin", "accounts/ai-coach", "accounts/worker", "accounts/mcp"):
            (folder / name).write_text(token_urlsafe(32))
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield folder


@pytest.fixture(scope="module")
def own_valkey() -> Iterator[str]:
    """The names of the worker's keys are fixed, so no other test's worker may share it."""
    with TemporaryDirectory(prefix="workout-images-") as folder, Valkey(Path(folder)) as server:
        yield server.url


@pytest.fixture(scope="module")
def system(start_module: Start, secrets: Path, own_valkey: str) -> dict[str, Container]:
    """Every service, each of them ready, in production and private."""
    api = {
        "API_ENVIRONMENT": "production",
        "API_ACCESS": "private",
        "DATABASE_URL": "",
        "DATABASE_URL_FILE": "/secrets/database-url",
        "JWT_SECRET_KEY_FILE": "/secrets/jwt",
        "API_ADMIN_PASSWORD_FILE": "/secrets/admin",
        "API_SERVICE_ACCOUNTS_DIR": "/secrets/accounts",
        "REDIS_URL": own_valkey,
    }
    migrated = run("api", "migrate", options=settings(api, secrets))
    assert migrated.returncode == 0, migrated.stdout
    ready = {"api": start_module("api", api, secrets)}
    ready["ai-coach"] = start_module("ai-coach", for_coach(ready["api"].url, own_valkey), secrets)
    ready["worker"] = start_module("worker", for_worker(ready, own_valkey), secrets)
    ready["mcp"] = start_module("mcp", for_mcp(ready), secrets)
    ready["frontend"] = start_module("frontend", {"API_URL": ready["api"].url, "AI_COACH_URL": ready["ai-coach"].url})
    for name, container in ready.items():
        container.wait_for(ALIVE.get(name, "/readyz"))
    return ready


def for_coach(api_url: str, valkey_url: str) -> dict[str, str]:
    """Settings of a coach, beside an API."""
    return {
        "AI_MODEL": "rules",
        "WORKOUT_API_URL": api_url,
        "AI_COACH_USERNAME": "ai-coach",
        "AI_COACH_PASSWORD_FILE": "/secrets/accounts/ai-coach",
        "REDIS_URL": valkey_url,
    }


def for_worker(running: Mapping[str, Container], valkey_url: str) -> dict[str, str]:
    """Settings of a worker, beside an API and a coach."""
    return {
        "WORKER_API_CLIENT__WORKOUT_API_URL": running["api"].url,
        "WORKER_API_CLIENT__AI_COACH_URL": running["ai-coach"].url,
        "WORKER_API_CLIENT__USERNAME": "worker",
        "WORKER_API_CLIENT__PASSWORD_FILE": "/secrets/accounts/worker",
        "WORKER_SCHEDULE__MODE": "none",
        "REDIS_URL": valkey_url,
    }


def for_mcp(running: Mapping[str, Container]) -> dict[str, str]:
    """Settings of an MCP server, beside an API and a coach."""
    return {
        "WORKOUT_API_URL": running["api"].url,
        "AI_COACH_URL": running["ai-coach"].url,
        "WORKOUT_PASSWORD": "",
        "WORKOUT_PASSWORD_FILE": "/secrets/accounts/mcp",
    }
