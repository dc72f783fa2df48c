"""`workout-worker run refresh_exercises`, against a real API."""

import json
from typing import Any

import httpx
import pytest

from ledger import insights
from tests.background import run_worker
from tests.conftest import StartApi
from tests.databases import sql
from tests.faulty import faulty
from tests.people import log_in, new_person
from tests.processes import Api
from tests.together import accounts, fill, for_worker
from tests.worker.conftest import Redis

TOTAL = 382
TASK = ("run", "refresh_exercises")


def refreshed(variables: dict[str, str], status: int = 0) -> dict[str, Any]:
    """The result of one run."""
    ended = run_worker(*TASK, **variables)
    assert ended.returncode == status, ended.stdout + ended.stderr
    result: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return result


def all_exercises(api: Api) -> list[dict[str, Any]]:
    """Of the shared routine, over all pages."""
    found: list[dict[str, Any]] = []
    with api.client() as client:
        while True:
            page = client.get("/exercises", params={"page": len(found) // 200 + 1, "page_size": 200}).json()
            found += page["items"]
            if len(found) >= page["total"]:
                return found


def test_each_once_an_hour_and_again_when_it_changed(api: Api, variables: dict[str, str], store: Redis) -> None:
    fill(api, TOTAL)
    first = refreshed(variables)
    second = refreshed(variables)
    if second["processed"]:  # the hour has ended in between
        second = refreshed(variables)
    exercises = all_exercises(api)
    with api.client() as client:
        client.patch(f"/exercises/{exercises[200]['id']}", json={"reps": 77}).raise_for_status()
    third = refreshed(variables)
    assert first == {"processed": TOTAL, "skipped": 0, "failed": 0, "total": TOTAL, "success_rate": 100.0}
    assert second == {"processed": 0, "skipped": TOTAL, "failed": 0, "total": TOTAL, "success_rate": 100.0}
    assert third["processed"] == 1 or third["skipped"] == 0, third
    for exercise in all_exercises(api):
        kept = store(0).get(insights.key(exercise["id"]))
        assert isinstance(kept, str)
        assert insights.decode(kept, insights.digest(*digested(exercise))) is not None
    assert store(0).persist(insights.key(exercises[0]["id"])) == 1, "it would have expired"


def digested(exercise: dict[str, Any]) -> tuple[Any, ...]:
    """The six fields, in their order."""
    return tuple(exercise[name] for name in ("id", "name", "sets", "reps", "weight", "workout_day"))


def test_what_an_insight_says(api: Api, variables: dict[str, str], store: Redis) -> None:
    refreshed(variables)
    bench = next(e for e in all_exercises(api) if e["name"] == "Bench Press")
    kept = store(0).get(insights.key(bench["id"]))
    assert isinstance(kept, str)
    insight = insights.decode(kept, insights.digest(*digested(bench)))
    assert insight is not None
    assert insight["primary"] == "chest"
    assert insight["volume_kg"] == bench["sets"] * bench["reps"] * bench["weight"]


def test_an_api_that_fails_a_third_of_the_time(api: Api, variables: dict[str, str]) -> None:
    fill(api, TOTAL)
    asked = 0

    def fault(_: object) -> int | None:
        nonlocal asked
        asked += 1
        return None if asked % 3 else (429, 500)[asked // 3 % 2]

    retries = {"WORKER_REFRESH__MAX_RETRIES": "10", "WORKER_REFRESH__RETRY_DELAY": "0.05"}
    with faulty(api.url, fault) as (url, faults):
        for _ in range(3):
            result = refreshed(variables | retries | {"WORKER_API_CLIENT__WORKOUT_API_URL": url})
            assert (result["failed"], result["total"]) == (0, TOTAL)
    assert {429, 500} <= set(faults)


def test_an_api_that_is_away(variables: dict[str, str]) -> None:
    nowhere = variables | {"WORKER_API_CLIENT__WORKOUT_API_URL": "http://127.0.0.1:1"}
    result = refreshed(nowhere | {"WORKER_REFRESH__MAX_RETRIES": "1"}, status=1)
    assert "All connection attempts failed" in result["error"]


def test_an_account_that_is_refused(variables: dict[str, str]) -> None:
    result = refreshed(variables | {"WORKER_API_CLIENT__PASSWORD": "not the password"}, status=1)
    assert result["error"].startswith("401")


def test_without_redis(api: Api, variables: dict[str, str]) -> None:
    ended = run_worker(*TASK, **(variables | {"REDIS_URL": "redis://127.0.0.1:1"}))
    assert ended.returncode == 1, ended.stdout
    result = json.loads(ended.stdout.splitlines()[-1])
    assert (result["processed"], result["failed"]) == (0, result["total"])
    assert "Redis has not taken these insights: nobody will find them" in ended.stdout


@pytest.mark.parametrize("account", ["worker", "nobody", "user"])
def test_whose_exercises(
    start_api: StartApi, variables: dict[str, str], tmp_path: Any, store: Redis, account: str
) -> None:
    """A service account reads every routine; others their own; nobody in particular the shared one."""
    access = "open" if account == "nobody" else "private"
    private = start_api(accounts(tmp_path / "accounts"), API_ACCESS=access)
    with private.client() as client:
        person = new_person(client, log_in(client, "admin"))
        squat = {"name": "Squat", "sets": 3, "reps": 5}
        client.post("/exercises", json=squat, headers=person.headers).raise_for_status()
    settings = variables | for_worker(private.url, variables["REDIS_URL"])
    if account == "nobody":
        settings = {
            name: text for name, text in settings.items() if "__USERNAME" not in name and "__PASSWORD" not in name
        }
    elif account == "user":
        settings |= {
            "WORKER_API_CLIENT__USERNAME": person.username,
            "WORKER_API_CLIENT__PASSWORD": person.password,
        }
    everything = sql(private.variables["DATABASE_URL"], "SELECT count(*) FROM exercises")[0][0]
    assert everything == 28
    assert refreshed(settings)["total"] == {"worker": 28, "nobody": 28, "user": 1}[account]


def test_it_says_who_it_is(api: Api, variables: dict[str, str]) -> None:
    agents = set()

    def fault(request: Any) -> None:
        agents.add(request.headers["user-agent"])

    with faulty(api.url, fault) as (url, _):
        refreshed(variables | {"WORKER_API_CLIENT__WORKOUT_API_URL": url})
    assert agents == {"workout-tracker-worker"}
    assert httpx.get(f"{api.url}/health").is_success
