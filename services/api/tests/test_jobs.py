"""`/admin/jobs`: asking for a run of a task, and what became of it, on a Valkey of this worker's own."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest
import redis.asyncio
from pydantic import SecretStr

from devstack.ports import free_port
from devstack.valkey import Valkey
from ledger import runs
from ledger.jobs import QUEUE, TASKS, deserialize
from ledger.runs import Run

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
Headers = dict[str, str]
RUN = Run("refresh_exercises-1", "refresh_exercises", "command", "done", "2026-11-22T06:00:00.000+00:00", 1.5, {"a": 1})


@pytest.fixture(scope="module")
def own_valkey() -> Iterator[Valkey]:
    """The names of the queue's keys are fixed, so tests that run at the same time need servers of their own."""
    with tempfile.TemporaryDirectory(prefix="workout-jobs-") as folder, Valkey(Path(folder)) as server:
        yield server


@pytest.fixture
async def store(own_valkey: Valkey) -> AsyncIterator["redis.asyncio.Redis"]:
    """A client of the queue's database. Everything is empty."""
    async with redis.asyncio.Redis.from_url(f"{own_valkey.url}/1") as client:
        await client.flushall()
        yield client


@pytest.fixture
async def queued(make_client: MakeClient, own_valkey: Valkey, store: "redis.asyncio.Redis") -> httpx.AsyncClient:
    """A client of an API that has a queue."""
    return await make_client(redis_url=SecretStr(own_valkey.url))


@pytest.fixture
async def root(make_user: MakeUser) -> Headers:
    """An admin."""
    return await make_user("root", role="admin")


async def ask(client: httpx.AsyncClient, root: Headers, task: str = "refresh_exercises") -> httpx.Response:
    return await client.post(f"/admin/jobs/{task}", headers=root)


@pytest.mark.parametrize("task", TASKS)
async def test_a_job_waits_in_the_workers_queue(
    queued: httpx.AsyncClient, root: Headers, store: "redis.asyncio.Redis", task: str
) -> None:
    answer = await ask(queued, root, task)
    assert answer.status_code == 202
    job = answer.json()
    assert (job["task"], job["state"], job["result"]) == (task, "queued", None)
    async with store.pipeline() as pipe:
        pipe.zrange(QUEUE, 0, -1)
        pipe.get(f"arq:job:{job['id']}")
        waiting, kept = await pipe.execute()
    assert waiting == [job["id"].encode()]
    assert deserialize(kept)["f"] == task
    place = httpx.URL("/admin/jobs/").join(answer.headers["location"])
    again = await queued.get(place, headers=root)
    assert (again.status_code, again.json()) == (200, job)
    assert again.headers["cache-control"] == "no-store"


async def test_a_task_that_waits_is_not_asked_for_twice(queued: httpx.AsyncClient, root: Headers) -> None:
    assert (await ask(queued, root)).status_code == 202
    again = await ask(queued, root)
    assert (again.status_code, again.json()["type"]) == (409, "urn:problem:task-is-running")
    assert (await ask(queued, root, "cleanup_stale_data")).status_code == 202, "another task may be"


@pytest.mark.parametrize("beginning", ["", "cron:"])
async def test_a_task_that_runs_is_not_asked_for(
    queued: httpx.AsyncClient, root: Headers, store: "redis.asyncio.Redis", beginning: str
) -> None:
    run = f"{beginning}warmup_ai_cache-7"
    async with store.pipeline() as pipe:
        pipe.set(runs.lock("warmup_ai_cache"), f"{run}/token")
        pipe.zadd(QUEUE, {run: 1})
        await pipe.execute()
    assert (await ask(queued, root, "warmup_ai_cache")).status_code == 409
    jobs = (await queued.get("/admin/jobs", headers=root)).json()
    assert [(job["id"], job["task"], job["state"]) for job in jobs] == [(run, "warmup_ai_cache", "running")]


async def test_runs_that_have_ended_are_listed_newest_first(
    queued: httpx.AsyncClient, root: Headers, store: "redis.asyncio.Redis"
) -> None:
    failed = Run(
        "cron:cleanup_stale_data:2", "cleanup_stale_data", "schedule", "failed", RUN.started_at, 2, None, "No."
    )
    async with store.pipeline() as pipe:
        pipe.lpush(runs.RECENT, RUN.to_json(), '{"of": "another version"}', "not JSON", failed.to_json())
        await pipe.execute()
    waiting = (await ask(queued, root)).json()["id"]
    answer = await queued.get("/admin/jobs", headers=root)
    assert '"result":{"a":1}' in answer.text, "a count"
    listed = answer.json()
    assert [job["id"] for job in listed] == [waiting, failed.id, RUN.id]
    assert listed[2] == {
        "id": RUN.id,
        "task": RUN.task,
        "state": "done",
        "source": "command",
        "started_at": RUN.started_at,
        "seconds": 1.5,
        "result": {"a": 1.0},
        "error": None,
    }
    assert (await queued.get(f"/admin/jobs/{failed.id}", headers=root)).json() == listed[1]


@pytest.mark.parametrize("lock", [b"x", b"/1", b"\xff/1", b"y" * 300 + b"/1"])
async def test_what_is_no_job_is_passed_over(
    queued: httpx.AsyncClient, root: Headers, store: "redis.asyncio.Redis", lock: bytes
) -> None:
    async with store.pipeline() as pipe:
        pipe.zadd(QUEUE, {b"refresh_exercises" + 300 * b"x": 4e12, b"refresh_exercises\xff": 4e12})
        pipe.set(runs.lock("warmup_ai_cache"), lock)
        await pipe.execute()
    listed = await queued.get("/admin/jobs", headers=root)
    assert listed.status_code == 200
    assert "refresh_exercises\ufffd" in [job["id"] for job in listed.json()]
    assert (await ask(queued, root, "cleanup_stale_data")).status_code == 202


async def test_what_is_not_there_is_not_found(queued: httpx.AsyncClient, root: Headers) -> None:
    missing = await queued.get("/admin/jobs/refresh_exercises-2", headers=root)
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:problem:job-not-found")
    unknown = await ask(queued, root, "mine_bitcoin")
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "name")


@pytest.mark.parametrize("role", ["user", "readonly", "service", None])
async def test_jobs_are_for_admins(queued: httpx.AsyncClient, make_user: MakeUser, role: str | None) -> None:
    headers = await make_user("anna", role=role) if role else {}
    status = 403 if role else 401
    assert (await ask(queued, headers)).status_code == status
    assert (await queued.get("/admin/jobs", headers=headers)).status_code == status
    assert (await queued.get("/admin/jobs/x", headers=headers)).status_code == status


@pytest.mark.parametrize("has_redis", [True, False])
async def test_without_redis_there_is_no_queue(make_client: MakeClient, root: Headers, has_redis: bool) -> None:
    url = SecretStr(f"redis://127.0.0.1:{free_port()}") if has_redis else None
    client = await make_client(redis_url=url)
    for answer in (await ask(client, root), await client.get("/admin/jobs", headers=root)):
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:problem:queue-unavailable")
        assert answer.headers["retry-after"]
    assert (await client.get("/admin/users", headers=root)).status_code == 200, "everything else works"
