"""`workout-api` as a process: its commands, what it answers, and how it ends."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import httpx
import pytest

from api.__main__ import main
from devstack.ports import free_port

pytestmark = pytest.mark.anyio

Start = Callable[..., "Running"]


class Running:
    """A `workout-api` that runs, what it writes, and how to reach it."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.port = int(environment["API_PORT"])
        self.log = log
        with log.open("wb") as file:
            self.process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=10)

    async def ready(self) -> None:
        """Wait until it answers."""
        async with self.client() as client:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                assert self.process.poll() is None, self.log.read_text()
                try:
                    assert (await client.get("/livez")).status_code == 200
                    return
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
        pytest.fail(f"it does not answer: {self.log.read_text()}")

    async def ended(self, seconds: float = 20) -> int:
        """Its exit status, once it has ended by itself."""
        return await asyncio.to_thread(self.process.wait, seconds)


@pytest.fixture
async def database(postgres_url: str, worker_id: str) -> AsyncIterator[str]:
    """An empty database of the test's own."""
    name = f"command_{worker_id}_{uuid4().hex[:8]}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@pytest.fixture
def start(database: str, tmp_path: Path) -> Iterator[Start]:
    """Start a command: `start("serve", API_ACCESS="private")`. Whatever still runs at the end is killed."""
    foreign = ("API_", "RATELIMIT_", "JWT_", "REDIS_URL", "LOG_", "OTEL_")
    inherited = {name: text for name, text in os.environ.items() if not name.startswith(foreign)}
    started: list[Running] = []

    def run(*arguments: str, **variables: str) -> Running:
        ours = {"DATABASE_URL": database, "API_PORT": str(free_port()), "API_BCRYPT_ROUNDS": "4"}
        log = tmp_path / f"{len(started)}.log"
        started.append(Running([sys.executable, "-m", "api", *arguments], inherited | ours | variables, log))
        return started[-1]

    yield run
    for running in started:
        running.process.kill()
        running.process.wait()


@pytest.mark.parametrize("arguments", [["--version"], ["serve", "--help"], ["migrate", "--help"], ["--help"]])
def test_questions_about_the_command_need_no_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setenv("API_PORT", "nonsense")
    monkeypatch.setattr(sys, "argv", ["elsewhere.py", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    out, err = capsys.readouterr()
    assert (end.value.code, err) == (0, "")
    assert out == "0.1.0\n" if arguments == ["--version"] else out.startswith("usage: workout-api")


WRONG = [[], ["nonsense"], ["serve", "nonsense"], ["migrate", "--migrate"], ["--nonsense"]]


@pytest.mark.parametrize("arguments", WRONG)
def test_a_command_that_is_none_is_explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["elsewhere.py", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("usage: workout-api")


def test_the_command_is_installed() -> None:
    command = Path(sys.executable).parent / "workout-api"
    ended = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=30)
    assert (ended.returncode, ended.stdout) == (0, "0.1.0\n")


async def test_migrate_makes_schema_and_accounts_and_ends(start: Start, database: str) -> None:
    running = start("migrate", LOG_FORMAT="text")
    assert await running.ended() == 0, running.log.read_text()
    assert "The database's schema is 0002" in running.log.read_text()
    connection = await asyncpg.connect(database)
    names = [row[0] for row in await connection.fetch("SELECT username FROM users ORDER BY id")]
    hashes = {row[0][:7] for row in await connection.fetch("SELECT password_hash FROM users")}
    total = await connection.fetchval("SELECT total FROM routines WHERE owner_id IS NULL")
    await connection.close()
    assert (names, hashes, total) == (["admin", "user"], {"$2b$04$"}, 27)


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("workout:canary@127.0.0.1:1", "Connect call failed"),
        ("{account_and_server}", 'database "nothing" does not exist'),
    ],
)
async def test_migrate_without_a_database_fails_in_one_line_and_gives_no_password_away(
    start: Start, database: str, place: str, reason: str
) -> None:
    place = place.format(account_and_server=urlsplit(database).netloc)
    running = start("migrate", DATABASE_URL=f"postgresql://{place}/nothing", LOG_FORMAT="json")
    assert await running.ended() == 1
    (line,) = running.log.read_text().splitlines()
    assert json.loads(line)["message"].startswith("Cannot migrate, the database at 127.0.0.1 cannot be reached: ")
    assert reason in json.loads(line)["message"]
    assert "canary" not in line


OPEN = "API_ACCESS=open: whoever reaches this port reads and writes the shared routine"


async def test_serve_migrates_if_asked_says_that_it_is_open_and_ends_quickly(start: Start) -> None:
    running = start("serve", "--migrate")
    await running.ready()
    async with running.client() as client:
        health = await client.get("/health")
        assert health.json()["database"]["exercise_count"] == 27
        assert "server" not in health.headers
        assert (await client.post("/auth/login", json={"username": "user", "password": "user123"})).status_code == 200
        began = time.monotonic()  # with this connection kept alive
        running.process.send_signal(signal.SIGTERM)
        status = await running.ended()
    assert status == 0
    assert time.monotonic() - began < 2.5
    assert running.log.read_text().count(OPEN) == 1


async def test_serve_alone_leaves_the_database_as_it_is_and_heals_when_it_is_made(start: Start, database: str) -> None:
    running = start("serve", API_ACCESS="private")
    await running.ready()
    async with running.client() as client:
        assert (await client.get("/readyz")).status_code == 503
        assert await start("migrate").ended() == 0
        assert (await client.get("/readyz")).status_code == 200
        assert (await client.get("/exercises")).status_code == 401
    running.process.send_signal(signal.SIGINT)
    assert await running.ended() == 0
    assert OPEN not in running.log.read_text()


async def test_a_request_that_runs_is_answered_before_the_end(start: Start, database: str) -> None:
    running = start("serve", "--migrate")
    await running.ready()
    connection = await asyncpg.connect(database)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with running.client() as client:
        exercise = (await client.get("/exercises")).json()["items"][0]["id"]
        async with connection.transaction():
            await connection.execute("SELECT FROM exercises FOR UPDATE")
            request = asyncio.create_task(client.patch(f"/exercises/{exercise}", json={"sets": 7}))
            for _ in range(200):
                await connection.execute("SELECT pg_stat_clear_snapshot()")
                if await connection.fetchval(waiting):
                    break
                await asyncio.sleep(0.005)
            running.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.3)
            assert running.process.poll() is None
        answer = await request
    assert (answer.status_code, answer.json()["sets"]) == (200, 7)
    assert await running.ended(5) == 0
    assert await connection.fetchval("SELECT sets FROM exercises WHERE id = $1", exercise) == 7
    await connection.close()


async def test_a_taken_port_ends_the_process_with_a_line_that_names_it(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = start("serve", API_PORT=str(port))
        assert await running.ended() not in (0, 78)
    (line,) = [line for line in running.log.read_text().splitlines() if "address already in use" in line]
    assert str(port) in line
    assert "Traceback" not in running.log.read_text()
