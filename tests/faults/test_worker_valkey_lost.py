"""Valkey is away for a while: the worker stays, says so, and goes on. `WORKER_REDIS_AWAY=30` makes it half a minute."""

import os
import time
from pathlib import Path

import httpx
import pytest

from devstack.ports import free_port
from devstack.valkey import Valkey
from tests.background import Worker
from tests.conftest import StartApi
from tests.faults.test_valkey_lost import silent_server
from tests.jobs import enqueue, outcome, until
from tests.together import accounts, for_worker

AWAY_SECONDS = float(os.environ.get("WORKER_REDIS_AWAY", "4"))
TASK = "refresh_exercises"


def health(process: Worker) -> str:
    """What the worker says of itself."""
    status: str = httpx.get(f"{process.url}/health", timeout=30).json()["status"]
    return status


@pytest.mark.parametrize("how", ["dead", "silent"])
def test_a_job_that_was_queued_before_is_done_after(
    start_api: StartApi, folder: Path, tmp_path: Path, how: str
) -> None:
    api = start_api(accounts(tmp_path / "accounts"))
    with Valkey(folder, port=free_port(), persistent=True) as valkey:
        process = Worker(tmp_path / "worker.log", for_worker(api.url, valkey.url) | {"WORKER_WORKER__LEASE": "2"})
        try:
            process.start("/readyz")
            assert health(process) == "degraded", "there is no coach"
            due_meanwhile = enqueue(valkey.url, TASK, seconds=AWAY_SECONDS / 2)
            assert valkey.child
            valkey.child.kill()
            if how == "silent":
                with silent_server(valkey.port):
                    away(process)
            else:
                away(process)
            valkey.start()
            until(lambda: health(process) == "degraded")
            until(lambda: httpx.get(f"{process.url}/readyz").status_code == 200)
            assert until(lambda: outcome(valkey.url, due_meanwhile))["s"]
            later = enqueue(valkey.url, TASK)
            assert until(lambda: outcome(valkey.url, later))["s"]
            assert process.child
            assert process.child.poll() is None
        finally:
            assert process.end() == 0


def away(process: Worker) -> None:
    """Look at the worker for as long as Valkey is away."""
    deadline = time.monotonic() + AWAY_SECONDS
    until(lambda: health(process) == "unhealthy")
    while time.monotonic() < deadline:
        assert health(process) == "unhealthy"
        assert httpx.get(f"{process.url}/livez").status_code == 200
        assert httpx.get(f"{process.url}/readyz", timeout=30).status_code == 503
        time.sleep(0.2)
