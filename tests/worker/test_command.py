"""The command line: exit statuses, the last line, and what is refused."""

import json
import signal
import socket
import threading
from typing import Any

import pytest

from ledger import runs
from tests.background import begin_run, run_worker
from tests.faulty import faulty
from tests.jobs import enqueue, outcome, until
from tests.processes import Api
from tests.worker.conftest import Redis, Start

TASK = "refresh_exercises"
LOCK = runs.lock(TASK)


class Gate:
    """Lets nobody see the exercises before it is opened."""

    def __init__(self) -> None:
        self.opened = threading.Event()

    def __call__(self, request: Any) -> int | None:
        if request.url.path == "/exercises":
            self.opened.wait(60)
        return None


def test_one_works_and_the_others_say_so(
    api: Api, variables: dict[str, str], store: Redis, start_worker: Start
) -> None:
    gate = Gate()
    redis_url = variables["REDIS_URL"]
    with faulty(api.url, gate) as (url, _):
        behind = variables | {"WORKER_API_CLIENT__WORKOUT_API_URL": url}
        start_worker()
        first = begin_run(TASK, behind)
        held = until(lambda: store(1).get(LOCK))
        second = run_worker("run", TASK, **behind)
        job = enqueue(redis_url, TASK)
        third = until(lambda: outcome(redis_url, job))
        gate.opened.set()
        output, _ = first.communicate(timeout=60)
    holder = runs.holder(held)
    assert first.returncode == 0, output
    assert json.loads(output.splitlines()[-1])["processed"] > 0
    assert second.returncode == 75
    assert json.loads(second.stdout.splitlines()[-1]) == {"error": f"already running elsewhere: {holder}"}
    assert third["s"]
    assert third["r"] == {"already_running": f"already running elsewhere: {holder}"}


def test_a_stopped_run_leaves_no_lock(api: Api, variables: dict[str, str], store: Redis) -> None:
    gate = Gate()
    with faulty(api.url, gate) as (url, _):
        running = begin_run(TASK, variables | {"WORKER_API_CLIENT__WORKOUT_API_URL": url})
        until(lambda: store(1).get(LOCK))
        running.send_signal(signal.SIGTERM)
        output, _ = running.communicate(timeout=60)
        gate.opened.set()
    assert running.returncode == 128 + signal.SIGTERM, output
    assert "Traceback" not in output
    assert store(1).get(LOCK) is None


def test_a_killed_run_gives_its_lock_back_in_time(api: Api, variables: dict[str, str], store: Redis) -> None:
    gate = Gate()
    short = variables | {"WORKER_WORKER__LEASE": "1"}
    with faulty(api.url, gate) as (url, _):
        running = begin_run(TASK, short | {"WORKER_API_CLIENT__WORKOUT_API_URL": url})
        until(lambda: store(1).get(LOCK))
        running.kill()
        running.communicate(timeout=60)
        gate.opened.set()
    until(lambda: store(1).get(LOCK) is None, 20)
    assert run_worker("run", TASK, **short).returncode == 0


def test_the_list_of_tasks(variables: dict[str, str]) -> None:
    listed = run_worker("tasks", WORKER_SCHEDULE__WARMUP_HOUR="5", WORKER_SCHEDULE__ENABLE_WEEKLY_CLEANUP="false")
    assert listed.returncode == 0
    lines = [line.split(maxsplit=6) for line in listed.stdout.splitlines()]
    assert [line[0] for line in lines] == ["refresh_exercises", "warmup_ai_cache", "cleanup_stale_data"]
    assert [" ".join(line[1:6]) for line in lines[:2]] == ["0 * * * *", "0 5 * * *"]
    assert {line[6].split()[0] for line in lines[:2]} == {"UTC"}
    assert lines[2][1] == "off"
    default = run_worker("tasks").stdout.splitlines()
    assert "0 2 * * sun UTC" in default[2]
    elsewhere = run_worker("tasks", WORKER_SCHEDULE__MODE="none").stdout.splitlines()
    assert all("by another clock" in line for line in elsewhere)


def test_a_port_that_is_taken_is_named_with_its_variable(variables: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = run_worker("serve", **(variables | {"WORKER_WORKER__HEALTH_PORT": port}))
    assert refused.returncode != 0
    assert f"WORKER_WORKER__HEALTH_PORT have it listen on 127.0.0.1:{port}" in refused.stdout


@pytest.mark.parametrize("arguments", [("run",), ("run", "nothing"), ("work",), ()])
def test_what_it_does_not_know(arguments: tuple[str, ...]) -> None:
    assert run_worker(*arguments).returncode == 2


@pytest.mark.parametrize("command", [("serve",), ("run", TASK), ("tasks",)])
def test_a_wrong_setting(command: tuple[str, ...]) -> None:
    refused = run_worker(*command, WORKER_REFRESH__CONCURRENCY="many")
    assert refused.returncode == 78
    assert refused.stderr.splitlines()[1].startswith("  WORKER_REFRESH__CONCURRENCY: ")


def test_lines_for_people_and_the_last_one_for_programs(variables: dict[str, str]) -> None:
    ended = run_worker("run", TASK, **(variables | {"LOG_FORMAT": "text"}))
    *lines, last = ended.stdout.splitlines()
    assert any("INFO    refresh_exercises is done  processed=" in line for line in lines)
    assert json.loads(last)["failed"] == 0
