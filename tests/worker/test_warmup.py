"""`workout-worker run warmup_ai_cache`, against a real coach: whoever asks afterwards is answered from the cache."""

import json
import random
from collections import Counter
from typing import Any

import httpx

from tests.background import run_worker
from tests.conftest import StartApi, StartCoach
from tests.faulty import faulty
from tests.people import somewhere
from tests.processes import Api
from tests.together import accounts, for_coach, for_worker
from worker.warmup.questions import questions

QUESTIONS = list(questions())
QUICK = {"WORKER_WARMUP__PAUSE": "0", "WORKER_REFRESH__MAX_RETRIES": "10", "WORKER_REFRESH__RETRY_DELAY": "0.01"}


def warmed(variables: dict[str, str], status: int = 0) -> dict[str, Any]:
    """The result of one run."""
    ended = run_worker("run", "warmup_ai_cache", **(variables | QUICK))
    assert ended.returncode == status, ended.stdout + ended.stderr
    result: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return result


def sources(url: str, headers: dict[str, str] | None = None) -> Counter[str]:
    """Who answers each question, to anybody."""
    with httpx.Client(base_url=url, timeout=60) as client:
        answers = [client.post("/recommend", json=body, headers=headers or somewhere()) for body in QUESTIONS]
    assert {answer.status_code for answer in answers} == {200}
    return Counter(answer.json()["source"] for answer in answers)


def test_what_is_asked() -> None:
    assert len({json.dumps(question) for question in QUESTIONS}) == 140
    assert len({question["focus_area"] for question in QUESTIONS}) == 7
    assert "full_body" not in {question["focus_area"] for question in QUESTIONS}


def test_anonymous_callers_get_what_was_warmed_up(api: Api, variables: dict[str, str], start_coach: StartCoach) -> None:
    settings = for_coach(variables["REDIS_URL"])
    coach = start_coach(api, settings, AI_COACH_RATELIMIT_ANONYMOUS="20/minute")
    settings = variables | {"WORKER_API_CLIENT__AI_COACH_URL": coach.url}
    assert warmed(settings) == {"total_requests": 140, "successful": 140, "failed": 0}
    assert sources(coach.url) == {"cache": 140}
    assert warmed(settings)["successful"] == 140


def test_a_private_api(start_api: StartApi, variables: dict[str, str], start_coach: StartCoach, tmp_path: Any) -> None:
    private = start_api(accounts(tmp_path / "accounts"), API_ACCESS="private")
    coach = start_coach(private, for_coach(variables["REDIS_URL"]), AI_COACH_AUTH="token")
    settings = variables | for_worker(private.url, variables["REDIS_URL"], coach.url)
    assert warmed(settings)["successful"] == 140
    with private.client() as client:
        credentials = {"username": "user", "password": "user123"}
        token = client.post("/auth/login", json=credentials, headers=somewhere()).json()["access_token"]
    # Somebody who has just begun, like the worker's account, has an empty routine.
    assert sources(coach.url, {"Authorization": f"Bearer {token}"}) == {"cache": 140}


def test_a_coach_that_fails_a_third_of_the_time(api: Api, variables: dict[str, str], start_coach: StartCoach) -> None:
    dice = random.Random(5)

    def fault(_: object) -> int | None:
        return dice.choice((429, 503)) if dice.random() < 0.3 else None

    with faulty(start_coach(api, for_coach(variables["REDIS_URL"])).url, fault) as (url, faults):
        result = warmed(variables | {"WORKER_API_CLIENT__AI_COACH_URL": url})
    assert (result["successful"], result["failed"]) == (140, 0)
    assert len(faults) > 20


def test_answers_that_are_refused_are_counted(api: Api, variables: dict[str, str], start_coach: StartCoach) -> None:
    def fault(request: Any) -> int | None:
        return 404 if request.url.path == "/recommend" else None

    with faulty(start_coach(api, for_coach(variables["REDIS_URL"])).url, fault) as (url, _):
        result = warmed(variables | {"WORKER_API_CLIENT__AI_COACH_URL": url}, status=1)
    assert result == {"total_requests": 140, "successful": 0, "failed": 140}


def test_a_session_that_ends_meanwhile(api: Api, variables: dict[str, str], start_coach: StartCoach) -> None:
    asked = Counter[str]()

    def fault(request: Any) -> int | None:
        asked[request.url.path] += 1
        return 401 if asked["/recommend"] % 50 == 0 else None

    with faulty(start_coach(api, for_coach(variables["REDIS_URL"])).url, fault) as (url, faults):
        result = warmed(variables | {"WORKER_API_CLIENT__AI_COACH_URL": url})
    assert result["successful"] == 140
    assert len(faults) == 2
