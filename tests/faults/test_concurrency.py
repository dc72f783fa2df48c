"""Many callers, one thing, two processes: nobody's change is lost and nothing is done twice."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from tests.conftest import StartApi
from tests.databases import sql
from tests.faults.volley import Answer, Shot, volley
from tests.processes import Api

CALLERS = 100
FEW = 30  # who wait for each other at one row, none of them longer than a second
SQUAT = {"name": "Squat", "sets": 3, "reps": 5}


@pytest.fixture(scope="module")
def pair(start_module_api: StartApi) -> list[Api]:
    """Two processes on one database."""
    one = start_module_api()
    return [one, start_module_api(beside=one)]


@pytest.fixture(scope="module")
def client(pair: list[Api]) -> Iterator[httpx.Client]:
    """A quiet caller beside the crowd."""
    with pair[0].client() as client:
        yield client


def crowd(pair: list[Api], method: str, path: str, headers: dict[str, str], bodies: list[object]) -> list[Answer]:
    """Each body from a caller of its own, every other one to the other process, all at once."""
    return volley([Shot(pair[number % 2].url, method, path, headers, body) for number, body in enumerate(bodies)])


def patient_crowd(
    pair: list[Api], method: str, path: str, headers: dict[str, str], bodies: list[object]
) -> list[Answer]:
    """Who is told to come back, with 503, does so: fifty for five connections can be too many on a busy machine."""
    answers = crowd(pair, method, path, headers, bodies)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        refused = [number for number, answer in enumerate(answers) if answer.status == 503]
        if not refused:
            break
        time.sleep(0.5)
        second_tries = crowd(pair, method, path, headers, [bodies[number] for number in refused])
        for number, answer in zip(refused, second_tries, strict=True):
            answers[number] = answer
    return answers


def test_of_many_who_change_what_they_have_all_read_one_wins_and_the_others_are_told(
    pair: list[Api], client: httpx.Client
) -> None:
    created = client.post("/exercises", json=SQUAT)
    path = f"/{created.headers['location']}"
    for turn in (1, 2):
        current = client.get(path).headers["etag"]
        bodies: list[object] = [{"name": f"Caller {number} of turn {turn}"} for number in range(CALLERS)]
        answers = patient_crowd(pair, "PATCH", path, {"If-Match": current}, bodies)
        assert Counter(answer.status for answer in answers) == {200: 1, 412: CALLERS - 1}
        (winner,) = (answer for answer in answers if answer.status == 200)
        now = client.get(path)
        assert now.json() == json.loads(winner.body)
        assert now.headers["etag"] == winner.headers["etag"] != current


def test_without_if_match_everybody_changes_and_each_change_moves_the_version(
    pair: list[Api], client: httpx.Client
) -> None:
    path = f"/{client.post('/exercises', json=SQUAT).headers['location']}"
    answers = crowd(pair, "PATCH", path, {}, [{"reps": number + 1} for number in range(FEW)])
    assert Counter(answer.status for answer in answers) == {200: FEW}
    assert len({answer.headers["etag"] for answer in answers}) == FEW


def test_of_many_posts_with_one_key_one_adds_and_the_others_get_its_answer_or_409(
    pair: list[Api], client: httpx.Client
) -> None:
    name, key = f"Squat {uuid4()}", {"Idempotency-Key": str(uuid4())}
    answers = patient_crowd(pair, "POST", "/exercises", key, [SQUAT | {"name": name}] * CALLERS)
    statuses = Counter(answer.status for answer in answers)
    print(f"{CALLERS} posts with one key: {dict(statuses)}")
    assert set(statuses) <= {201, 409}
    assert statuses[201] >= 1
    assert len({answer.body for answer in answers if answer.status == 201}) == 1
    rows = sql(pair[0].variables["DATABASE_URL"], "SELECT id FROM exercises WHERE name = $1", name)
    assert [row["id"] for row in rows] == [json.loads(next(a.body for a in answers if a.status == 201))["id"]]
    later = client.post("/exercises", json=SQUAT | {"name": name}, headers=key)
    assert (later.status_code, later.json()["id"]) == (201, rows[0]["id"])


def test_many_posts_without_a_key_are_many_exercises(pair: list[Api], client: httpx.Client) -> None:
    before = client.get("/exercises").json()["total"]
    name = f"Squat {uuid4()}"
    answers = crowd(pair, "POST", "/exercises", {}, [SQUAT | {"name": name}] * FEW)
    assert Counter(answer.status for answer in answers) == {201: FEW}
    assert len({json.loads(answer.body)["id"] for answer in answers}) == FEW
    assert client.get("/exercises").json()["total"] == before + FEW
