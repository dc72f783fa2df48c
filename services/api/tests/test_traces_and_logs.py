"""A running process, seen from outside: its JSON lines, the secrets that stand in none, its traces."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import asyncpg
import bcrypt
import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from devstack.ports import free_port

pytestmark = pytest.mark.anyio

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
FOREIGN = ("API_", "RATELIMIT_", "JWT_", "REDIS_URL", "LOG_", "OTEL_")
SIGNING, EARLIER = "canary-signing-key-of-more-than-32-bytes", "canary-earlier-key-of-more-than-32-bytes"
Line = dict[str, Any]


def launch(port: int, url: str, log: Path, variables: dict[str, str]) -> subprocess.Popen[bytes]:
    environment = {name: text for name, text in os.environ.items() if not name.startswith(FOREIGN)}
    environment |= {"DATABASE_URL": url, "API_PORT": str(port), "API_BCRYPT_ROUNDS": "4"} | variables
    with log.open("wb") as file:
        return subprocess.Popen([sys.executable, "-m", "api", "serve"], env=environment, stdout=file, stderr=file)


@asynccontextmanager
async def serving(url: str, log: Path, **variables: str) -> AsyncIterator[httpx.AsyncClient]:
    """A process that serves, whose output goes to `log`; at the end it gets SIGTERM."""
    process = launch(port := free_port(), url, log, variables)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                try:
                    assert (await client.get("/livez")).status_code == 200
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
            yield client
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 10)
    finally:
        process.kill()
        process.wait()


class Collector(ThreadingHTTPServer):
    """Takes traces over OTLP/HTTP and keeps them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taker)
        self.requests: list[tuple[str, ExportTraceServiceRequest]] = []

    def spans(self) -> list[tuple[dict[str, str], Any]]:
        """(what the resource says of itself, span) for everything that was sent."""
        return [
            ({each.key: each.value.string_value for each in resource.resource.attributes}, span)
            for _, request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


class Taker(BaseHTTPRequestHandler):
    """Takes one export."""

    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.requests.append((self.path, ExportTraceServiceRequest.FromString(body)))
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that runs."""
    with Collector() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def read(log: Path) -> list[Line]:
    """Every line is one JSON object."""
    return [json.loads(line) for line in log.read_text().splitlines()]


async def do_everything(client: httpx.AsyncClient, password: str) -> list[str]:
    """Use every way by which a secret comes in or goes out; return the secrets."""
    login = {"username": "anna", "password": password}
    pair = (await client.post("/auth/login", json=login, headers={"X-Trace-Id": "the-login"})).json()
    bearer = {"Authorization": f"Bearer {pair['access_token']}"}
    await client.post("/auth/login", json=login | {"password": "canary-wrong-password"})
    await client.post("/auth/login", json=login | {"password": "canary" * 20})
    await client.post("/auth/login", content=b'{"password": "canary-malformed')
    await client.get("/auth/me", headers={"Authorization": "Bearer canary-token"})
    await client.get("/auth/me", headers=bearer | {"X-Trace-Id": "the-question"})
    await client.get("/exercises?token=canary-query", headers=bearer)
    await client.post("/auth/introspect", json={"token": "canary-introspected"}, headers=bearer)
    new = {"username": "bert", "password": "canary-new-account"}
    assert (await client.post("/admin/users", json=new, headers=bearer)).status_code == 201
    cookie = {"Cookie": f"workout_refresh={pair['refresh_token']}", "Origin": str(client.base_url).rstrip("/")}
    renewed = (await client.post("/auth/refresh", headers=cookie)).cookies["workout_refresh"]
    client.cookies.clear()
    change = {"current_password": password, "new_password": "canary-new-password"}
    last = (await client.post("/auth/password", json=change, headers=bearer)).json()
    await client.post("/auth/logout", json={"refresh_token": last["refresh_token"]})
    return [pair["access_token"], pair["refresh_token"], renewed, last["access_token"], last["refresh_token"]]


@pytest.fixture
async def anna(sql: asyncpg.Connection) -> str:
    """The password of an admin."""
    hashed = bcrypt.hashpw(b"canary-password", bcrypt.gensalt(4)).decode()
    await sql.execute("INSERT INTO users (username, role, password_hash) VALUES ('anna', 'admin', $1)", hashed)
    return "canary-password"


async def test_every_line_is_json_and_no_secret_stands_in_any(
    database_url: str, sql: asyncpg.Connection, tmp_path: Path, anna: str
) -> None:
    keys = {"JWT_SECRET_KEY": SIGNING, "JWT_PREVIOUS_SECRET_KEYS": EARLIER, "LOG_LEVEL": "DEBUG"}
    async with serving(database_url, tmp_path / "log", **keys) as client:
        secrets = await do_everything(client, anna)
        login = {"username": "anna", "password": "canary-new-password"}
        bearer = {"Authorization": f"Bearer {(await client.post('/auth/login', json=login)).json()['access_token']}"}
        await sql.execute("ALTER TABLE users RENAME COLUMN email TO address")
        try:  # a mistake of ours, whose traceback is logged
            new = {"username": "cleo", "password": "canary-of-cleo"}
            assert (await client.post("/admin/users", json=new, headers=bearer)).status_code == 500
        finally:
            await sql.execute("ALTER TABLE users RENAME COLUMN address TO email")
    text = (tmp_path / "log").read_text()
    assert [secret for secret in secrets if secret in text or secret.split(".")[2] in text] == []
    assert "canary" not in text
    assert "$2b$" not in text
    check_the_lines(read(tmp_path / "log"))


def check_the_lines(lines: list[Line]) -> None:
    for line in lines:
        assert {"time", "level", "service", "logger", "message"} <= set(line)
        assert line["service"] == "api"
    (question,) = [line for line in lines if line.get("request_id") == "the-question"]
    assert 0 < question.pop("duration_ms") < 5000
    assert len(question.pop("trace_id")) == 32
    assert question.pop("time").endswith("Z")
    assert question == {
        "level": "info",
        "service": "api",
        "logger": "access",
        "message": "GET /auth/me 200",
        "request_id": "the-question",
        "method": "GET",
        "route": "/auth/me",
        "status": 200,
        "user": "anna",
        "client": "127.0.0.1",
    }
    (login,) = [line for line in lines if line.get("request_id") == "the-login"]
    assert (login["route"], login["user"]) == ("/auth/login", None)
    (bug,) = [line for line in lines if line["level"] == "error"]
    assert "Traceback" in bug["exception"]
    (answer,) = [line for line in lines if line.get("status") == 500]
    assert (answer["request_id"], answer["trace_id"]) == (bug["request_id"], bug["trace_id"])


async def test_a_trace_goes_on_from_whoever_began_it_and_nothing_is_lost_at_the_end(
    database_url: str, tmp_path: Path, collector: Collector
) -> None:
    endpoint = f"http://127.0.0.1:{collector.server_port}/"
    async with serving(database_url, tmp_path / "log", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint) as client:
        answer = await client.get("/exercises/0", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
        assert (answer.status_code, answer.json()["trace_id"]) == (422, TRACE)
        own = (await client.get("/nowhere")).json()["trace_id"]
    assert {path for path, _ in collector.requests} == {"/v1/traces"}
    answered = [(resource, span) for resource, span in collector.spans() if span.kind == span.SPAN_KIND_SERVER]
    spans = {span.trace_id.hex(): (resource, span) for resource, span in answered}
    assert {TRACE, own} <= set(spans)
    resource, span = spans[TRACE]
    assert (resource["service.name"], resource["service.version"]) == ("workout-api", "0.1.0")
    assert span.parent_span_id.hex() == PARENT
    assert "/exercises/{exercise_id}" in span.name
    traces = {line["trace_id"] for line in read(tmp_path / "log") if line["logger"] == "access"}
    assert {TRACE, own} <= traces


async def test_a_collector_that_is_away_costs_no_error_and_no_time(database_url: str, tmp_path: Path) -> None:
    away = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_BSP_SCHEDULE_DELAY": "50"}
    async with serving(database_url, tmp_path / "log", **away) as client:
        for _ in range(5):
            began = time.monotonic()
            assert (await client.get("/exercises")).status_code == 200
            assert time.monotonic() - began < 1
            await asyncio.sleep(0.1)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    assert {line["level"] for line in read(tmp_path / "log")} <= {"info", "warning"}
