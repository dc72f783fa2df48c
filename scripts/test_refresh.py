"""`scripts/refresh.py` against a real API and a real Valkey: its options, its lines, and its exit statuses."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from devstack.valkey import Valkey
from ledger import runs
from tests.conftest import StartApi, _start_api
from tests.people import log_in, new_person
from tests.processes import Api

SCRIPT = Path(__file__).with_name("refresh.py")
TOTAL = 27  # exercises of the sample routine
RULE = "=" * 60
LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) - ([A-Z]+) - (.*)")

start_module_api = pytest.fixture(_start_api, scope="module")


@pytest.fixture(scope="session")
def own_valkey() -> Iterator[Valkey]:
    """The names of the keys are fixed, so tests that run at the same time need servers of their own."""
    with tempfile.TemporaryDirectory(prefix="workout-refresh-") as folder, Valkey(Path(folder)) as server:
        yield server


@pytest.fixture
def redis_url(own_valkey: Valkey) -> str:
    """Everything is empty."""
    with redis.Redis.from_url(own_valkey.url) as client:
        client.flushall()
    return f"{own_valkey.url}/0"


@pytest.fixture(scope="module")
def api(start_module_api: StartApi) -> Api:
    """An open API."""
    return start_module_api()


def script(*options: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """One call, away from what may be running in this folder."""
    names = ("WORKOUT_", "WORKER_", "API_", "REDIS_", "DATA_DIR")
    environment = {name: text for name, text in os.environ.items() if not name.startswith(names)}
    return subprocess.run(
        [sys.executable, SCRIPT, *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tempfile.gettempdir(),
        env={**environment, "DATA_DIR": "/nowhere", **variables},
    )


def said(ended: "subprocess.CompletedProcess[str]") -> list[str]:
    """Its lines without the time; each has one."""
    lines = [LINE.fullmatch(line) for line in ended.stdout.splitlines()]
    assert all(lines), ended.stdout + ended.stderr
    return [line[3] for line in lines if line]


def test_every_line(api: Api, redis_url: str) -> None:
    ended = script("--api-url", api.url, "--redis-url", redis_url, "--concurrency", "2", "--retries", "1")
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = said(ended)
    assert lines[:10] == [
        *(RULE, "Exercise Refresh Script", RULE, f"API URL: {api.url}", f"Redis URL: {redis_url}"),
        *("Max Concurrency: 2", RULE, f"Connected to Redis at {redis_url}", "Idempotency store: redis"),
        f"Starting refresh of {TOTAL} exercises (max concurrency: 2)",
    ]
    done = [line for line in lines if line.startswith("[OK] ")]
    assert len(done) == TOTAL
    first = re.compile(r"\[OK\] Exercise 1 \(Bench Press\) refreshed in \d+\.\d\dms")
    assert any(first.fullmatch(line) for line in done)  # two at a time end in any order
    *summary, average, total, last = lines[-11:]
    assert summary == [
        *(RULE, "REFRESH COMPLETE", RULE, f"Processed: {TOTAL}", "Skipped (idempotent): 0", "Failed: 0"),
        *(f"Total: {TOTAL}", "Success Rate: 100.0%"),
    ]
    assert re.fullmatch(r"Avg Duration: \d+\.\d\dms", average)
    assert re.fullmatch(r"Total Time: \d+\.\d\ds", total)
    assert last == RULE


def test_a_second_time(api: Api, redis_url: str) -> None:
    options = ("--api-url", api.url, "--redis-url", redis_url)
    ended = [script(*options) for _ in range(3)][-1]  # a third, for the hour may have ended
    assert f"Skipped (idempotent): {TOTAL}" in said(ended)
    assert "[SKIP] Exercise 1 (Bench Press) was refreshed before" in said(ended)


def test_without_redis(api: Api) -> None:
    ended = script("--api-url", api.url, "--redis-url", "redis://:secret@127.0.0.1:1/0")
    lines = said(ended)
    assert ended.returncode == 1
    assert "Redis at redis://127.0.0.1:1/0 is not available" in lines
    assert "Idempotency store: memory" in lines
    assert len([line for line in lines if line.startswith("[OK] ")]) == TOTAL
    assert {"Processed: 0", f"Failed: {TOTAL}", "REFRESH FAILED"} <= set(lines)
    assert "secret" not in ended.stdout + ended.stderr


def test_the_environment(api: Api, redis_url: str) -> None:
    with api.client() as client:
        person = new_person(client, log_in(client, "admin"))
    names = {"API_URL": api.url, "REDIS_URL": redis_url}
    assert script(**names).returncode == 0
    account = {"WORKOUT_USERNAME": person.username, "WORKOUT_PASSWORD": person.password}
    ended = script(**names, **account)
    assert ended.returncode == 0
    assert "Only the account's own routine is refreshed: its role may not read all" in said(ended)
    refused = script(**names, **account | {"WORKOUT_PASSWORD": "not the password"})
    assert refused.returncode == 1
    assert any(line.startswith("refresh_exercises failed: 401") for line in said(refused))
    assert "REFRESH FAILED" in said(refused)


def test_what_make_run_has_started(api: Api, redis_url: str, tmp_path: Path) -> None:
    server = redis_url.removesuffix("/0")
    (tmp_path / "run.json").write_text(f'{{"redis": "{server}", "services": {{"api": "{api.url}"}}}}')
    lines = said(script(DATA_DIR=str(tmp_path)))
    assert f"API URL: {api.url}" in lines
    assert f"Connected to Redis at {redis_url}" in lines


def test_already_running(api: Api, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url.replace("/0", "/1")) as client:
        client.set(runs.lock("refresh_exercises"), "somebody-1/token")
    ended = script("--api-url", api.url, "--redis-url", redis_url)
    assert ended.returncode == 75
    assert said(ended)[-1] == "refresh_exercises is already running elsewhere: somebody-1"


def test_an_api_that_is_away(redis_url: str) -> None:
    ended = script("--api-url", "http://127.0.0.1:1", "--redis-url", redis_url, "--retries", "0", "--timeout", "1")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--concurrency", "0"),
        ("--retries", "-1"),
        ("--timeout", "0"),
        ("--api-url", "x"),
        ("--redis-url", "x"),
        ("-x",),
    ],
)
def test_what_it_refuses(options: tuple[str, ...]) -> None:
    refused = script(*options)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr


def test_help() -> None:
    ended = script("--help")
    assert ended.returncode == 0
    for option in ("--api-url", "--redis-url", "--concurrency", "--retries", "--timeout"):
        assert option in ended.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal")
def test_a_bar_in_a_terminal(api: Api, redis_url: str) -> None:
    import pty

    ours, theirs = pty.openpty()
    command: list[Any] = [sys.executable, SCRIPT, "--api-url", api.url, "--redis-url", redis_url]
    process = subprocess.Popen(command, stdout=theirs, stderr=theirs, cwd=tempfile.gettempdir())
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # how Linux says that the other side is closed
        pass
    os.close(ours)
    assert process.wait(60) == 0
    assert f"] {TOTAL}/{TOTAL}".encode() in shown
    assert b"REFRESH COMPLETE" in shown


def test_passwords_are_not_shown(api: Api, redis_url: str) -> None:
    for url in ("redis://:s3cr3t@h/0", "redis://:p/s3cr3t@h/0"):
        helped = script("--help", REDIS_URL=url, API_URL="http://me:s3cr3t@h")
        assert (helped.returncode, helped.stderr) == (0, "")
        assert "s3cr3t" not in helped.stdout
    refused = script("--redis-url", "redis://:p/s3cr3t@h/0")
    assert (refused.returncode, "s3cr3t" in refused.stderr) == (2, False)
    assert refused.stderr.startswith("--redis-url: must be a URL")
    named = api.url.replace("http://", "http://me:s3cr3t@")
    ended = script("--api-url", named, "--redis-url", redis_url)
    assert "s3cr3t" not in ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("option", "value"), [("--concurrency", "0"), ("--retries", "-1"), ("--timeout", "0"), ("--api-url", "x")]
)
def test_a_refusal_is_one_line_that_names_the_option(option: str, value: str) -> None:
    error = script(option, value).stderr
    assert error.startswith(f"{option}: ")
    assert len(error.splitlines()) == 1


def test_half_an_account() -> None:
    refused = script(WORKOUT_USERNAME="me")
    assert refused.returncode == 2
    assert "set both or neither" in refused.stderr


def test_no_name_forges_a_line(start_module_api: StartApi, redis_url: str) -> None:
    own = start_module_api()
    with own.client() as client:
        name = "Bench\u202e\U000e0041 Press"
        client.post("/exercises", json={"name": name, "sets": 3, "reps": 5}).raise_for_status()
    lines = said(script("--api-url", own.url, "--redis-url", redis_url))
    assert any("Bench" in line and "\\u202e" in line for line in lines), lines
