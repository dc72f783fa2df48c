"""The commands as people and clusters start them: `workout-mcp --http`, and the probe that says whether all is well."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from devstack.child import Child
from devstack.ports import free_port
from tests.mcp.conftest import PASSWORD, MakeToken
from tests.people import Person, bearer
from tests.processes import Api, environment

PROGRAM = Path(sys.executable).with_name("workout-mcp")
PROBE = Path(__file__).parents[2] / "scripts" / "mcp_probe.py"
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "calculate-volume", "arguments": {}}}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
READY_SECONDS = 60.0


class Running:
    """A `workout-mcp --http`, and what it has said."""

    def __init__(self, child: Child, url: str, log: Path) -> None:
        self.child, self.url, self._log = child, url, log

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]


@pytest.fixture
def running(api: Api, coach: str, tmp_path: Path) -> Iterator[Running]:
    """It, ready."""
    port, log = free_port(), tmp_path / "mcp.log"
    variables = {"WORKOUT_API_URL": api.url, "AI_COACH_URL": coach, "MCP_PORT": str(port), "WORKOUT_USERNAME": "mcp"}
    with log.open("ab") as output:
        settings = environment(**variables, WORKOUT_PASSWORD=PASSWORD)
        child = Child("mcp", [PROGRAM, "--http"], output=output.fileno(), environment=settings)
    url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + READY_SECONDS
    while not _is_ready(url):
        assert child.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    yield Running(child, url, log)
    child.kill()


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def test_it_serves_logs_lines_of_json_and_ends_when_asked(
    running: Running, anna: Person, make_token: MakeToken
) -> None:
    headers = bearer(make_token(anna)) | {"Accept": "application/json, text/event-stream"}
    for arguments in ({}, {"surprise": 1}):
        body = {**CALL, "params": {"name": "calculate-volume", "arguments": arguments}}
        answer = httpx.post(f"{running.url}/mcp", json=body, headers=headers)
        assert (answer.status_code, answer.json()["result"]["isError"]) == (200, bool(arguments))
    running.child.signal_group(signal.SIGTERM)
    assert running.child.wait(15) == 0
    lines = running.lines()
    assert {line["service"] for line in lines} == {"mcp"}
    assert [line for line in lines if line["level"] == "error" or "exception" in line] == []
    assert [line["route"] for line in lines if line["logger"] == "access"] == ["/mcp", "/mcp"]


def test_an_upload_that_breaks_off_is_no_mistake_of_ours(running: Running, anna: Person, make_token: MakeToken) -> None:
    head = f"POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {make_token(anna)}\r\n"
    head += (
        "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
    )
    with socket.create_connection(("127.0.0.1", int(running.url.rpartition(":")[2]))) as sending:
        sending.sendall(head.encode())
    deadline = time.monotonic() + READY_SECONDS
    while not [line for line in running.lines() if line["logger"] == "access"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert [(line["level"], line.get("status")) for line in running.lines()[-1:]] == [("info", 400)]
    assert [line for line in running.lines() if line["level"] == "error" or "exception" in line] == []


def probe(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, PROBE, *arguments],
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_probe_finds_everything_as_promised(
    running: Running, anna: Person, make_token: MakeToken, add: Callable[..., object]
) -> None:
    add(anna, name="Squat", weight=60)
    ended = probe(f"{running.url}/mcp", MCP_TOKEN=make_token(anna))
    assert (ended.returncode, "BAD" in ended.stdout) == (0, False), ended.stdout
    calls = [line for line in ended.stdout.splitlines() if line.startswith("ok   ") and "): " in line]
    assert ended.stdout.splitlines()[-1] == f"{len(calls)} calls, 0 differences"


def test_the_probe_says_what_is_wrong_over_stdio(tmp_path: Path) -> None:
    ended = probe(DATA_DIR=str(tmp_path), WORKOUT_API_URL="http://127.0.0.1:1")
    assert ended.returncode == 1
    assert "BAD  list-exercises(): failed: The Workout API does not answer at http://127.0.0.1:1" in ended.stdout


def test_the_probe_says_that_it_cannot_come_in(running: Running) -> None:
    ended = probe(f"{running.url}/mcp", MCP_TOKEN="wtt_wrong")
    said = "BAD  the server cannot be used: it answers 401: set MCP_TOKEN to a personal token. "
    assert (ended.returncode, ended.stdout.splitlines()[-1].startswith(said)) == (1, True), ended.stdout


def test_the_probe_says_how_it_is_used() -> None:
    ended = probe("--help")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "MCP_TOKEN=wtt_... python scripts/mcp_probe.py http://localhost:8003/mcp" in ended.stdout


WRONG = [
    ("MCP_PORT", "x"),
    ("MCP_RATELIMIT_TOKEN", "often"),
    ("WORKOUT_API_URL", "localhost:8000"),
    ("AI_COACH_URL", "http://"),
    ("WORKOUT_USERNAME", "anna"),
    ("WORKOUT_PASSWORD", "a password of nobody"),
]


@pytest.mark.parametrize(("variable", "value"), WRONG)
def test_a_wrong_setting_is_named(variable: str, value: str) -> None:
    settings = environment(**{variable: value})
    ended = subprocess.run([PROGRAM], env=settings, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (78, "")
    assert variable in ended.stderr


def test_without_an_account_to_exchange_tokens_with_it_does_not_start() -> None:
    ended = subprocess.run(
        [PROGRAM, "--http"], env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "WORKOUT_USERNAME and WORKOUT_PASSWORD" in ended.stderr


def test_over_stdio_ctrl_c_ends_it_at_once_and_without_a_word(tmp_path: Path) -> None:
    with subprocess.Popen(
        [PROGRAM],
        env=environment(DATA_DIR=str(tmp_path)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin
        assert server.stdout
        server.stdin.write(json.dumps(PING) + "\n")
        server.stdin.flush()
        assert json.loads(server.stdout.readline())["id"] == 1  # it runs
        server.send_signal(signal.SIGINT)
        assert server.wait(15) == -signal.SIGINT  # 130, in a shell's words
        assert server.stderr
        assert server.stderr.read() == ""


def test_over_stdio_whoever_listened_may_go_first(tmp_path: Path) -> None:
    with subprocess.Popen(
        [PROGRAM],
        env=environment(DATA_DIR=str(tmp_path)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin
        assert server.stdout
        assert server.stderr
        server.stdin.write(json.dumps(PING) + "\n")
        server.stdin.flush()
        assert json.loads(server.stdout.readline())["id"] == 1  # it runs
        server.stdout.close()
        server.stdin.write(json.dumps(PING) + "\n")
        server.stdin.close()
        assert server.wait(READY_SECONDS) == 0
        assert server.stderr.read() == ""
