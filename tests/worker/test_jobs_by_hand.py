"""An admin starts a task through the API; the worker works on it, and the API tells what became of it."""

import time
from pathlib import Path

from devstack.valkey import Valkey
from tests.background import Worker
from tests.conftest import StartApi
from tests.people import log_in
from tests.together import accounts, for_worker
from tests.worker.conftest import Redis

SECONDS = 60


def test_an_admin_starts_a_task_and_sees_its_result(
    start_api: StartApi, own_valkey: Valkey, store: Redis, tmp_path: Path
) -> None:
    api = start_api(accounts(tmp_path / "accounts"), REDIS_URL=own_valkey.url)
    worker = Worker(tmp_path / "worker.log", for_worker(api.url, own_valkey.url))
    with api.client() as client:
        headers = log_in(client, "admin").headers
        asked = client.post("/admin/jobs/refresh_exercises", headers=headers)
        assert (asked.status_code, asked.json()["state"]) == (202, "queued")
        assert client.post("/admin/jobs/refresh_exercises", headers=headers).status_code == 409
        worker.start()
        try:
            deadline = time.monotonic() + SECONDS
            place = f"/admin/jobs/{asked.headers['location']}"
            while (job := client.get(place, headers=headers).json())["state"] in ("queued", "running"):
                assert time.monotonic() < deadline, worker.output()
                time.sleep(0.1)
        finally:
            worker.end()
        assert (job["state"], job["source"]) == ("done", "queue"), worker.output()
        assert job["result"]["processed"] == job["result"]["total"] > 0
        assert client.get("/admin/jobs", headers=headers).json()[0]["id"] == job["id"]
