"""Contract §4: the AI Coach, answering from rules."""

from collections.abc import Iterator

import httpx
import pytest
import redis

from tests.conftest import StartApi, StartCoach
from tests.contract.promises import promise
from tests.databases import sql
from tests.people import log_in, new_person, somewhere
from tests.processes import Api, Coach

BENCH = {"name": "Bench Press", "sets": 4, "reps": 8, "weight": 80, "workout_day": "A"}
ANNAS = "Annas Secret Lift"
QUESTION = {"message": "What should I add for a balanced routine?"}


@pytest.fixture(scope="module")
def coached_api(start_module_api: StartApi) -> Api:
    """An API of this module's own: a routine of one exercise is what the coach is asked about."""
    api = emptied(start_module_api())
    with api.client() as client:
        client.post("/exercises", json=BENCH)
    return api


def emptied(api: Api) -> Api:
    """Without the sample routine."""
    sql(api.variables["DATABASE_URL"], "DELETE FROM exercises")
    return api


@pytest.fixture(scope="module")
def coach(start_module_coach: StartCoach, coached_api: Api, valkey_url: str) -> Coach:
    return start_module_coach(coached_api, REDIS_URL=valkey_url)


@pytest.fixture
def asking(coach: Coach) -> Iterator[httpx.Client]:
    """Somebody who asks the coach."""
    with coach.client(headers=somewhere()) as client:
        yield client


@pytest.fixture
def asking_alone(start_coach: StartCoach) -> Iterator[httpx.Client]:
    """Somebody who asks a coach whose API is away."""
    with start_coach(None).client() as client:
        yield client


def refused(answer: httpx.Response) -> list[str]:
    """The fields that a 422 names."""
    assert answer.status_code == 422, answer.text
    return [error["field"] for error in answer.json()["errors"]]


@promise("4.2-fields", "4.2-booleans", "4.2-status")
def test_health(asking: httpx.Client, asking_alone: httpx.Client) -> None:
    answer = asking.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "healthy",
        "service": "ai-coach",
        "ai_model": "rules",
        "workout_api_connected": True,
        "redis_connected": True,
    }
    alone = asking_alone.get("/health")
    assert alone.status_code == 200
    assert alone.json() | {"ai_model": ""} == {
        "status": "unhealthy",
        "service": "ai-coach",
        "ai_model": "",
        "workout_api_connected": False,
        "redis_connected": False,
    }


@promise("4.3-message", "4.3-include-context")
def test_what_a_question_must_be(asking: httpx.Client) -> None:
    assert refused(asking.post("/chat", json={})) == ["message"]
    assert refused(asking.post("/chat", json={"message": ""})) == ["message"]
    assert refused(asking.post("/chat", json={"message": "x" * 2001})) == ["message"]
    assert refused(asking.post("/chat", json=QUESTION | {"include_workout_context": "maybe"})) == [
        "include_workout_context"
    ]
    for message in ("x", "x" * 2000):
        assert asking.post("/chat", json={"message": message}).status_code == 200


@promise("4.3-response", "4.3-context", "4.1-api", "4.3-failure")
def test_an_answer_with_and_without_the_routine(asking: httpx.Client) -> None:
    body = asking.post("/chat", json=QUESTION).json()
    assert set(body) == {"response", "context_used", "source", "model"}
    assert (body["context_used"], body["model"]) == (True, "rules")
    assert "1 exercise on 1 day" in body["response"]
    without = asking.post("/chat", json=QUESTION | {"include_workout_context": False}).json()
    assert without["context_used"] is False
    assert "1 exercise" not in without["response"]


@promise("4.3-context-fails")
def test_an_answer_while_the_api_is_away(asking_alone: httpx.Client) -> None:
    answer = asking_alone.post("/chat", json=QUESTION)
    assert answer.status_code == 200
    assert answer.json()["context_used"] is False


@promise("4.1-api")
def test_the_coach_reads_every_page_of_a_routine(start_api: StartApi, start_coach: StartCoach) -> None:
    api = emptied(start_api())
    with api.client() as client:
        for number in range(201):
            added = client.post("/exercises", json=BENCH | {"name": f"Bench Press {number}"}, headers=somewhere())
            assert added.status_code == 201
    with start_coach(api).client() as client:
        assert "201 exercises" in client.get("/analyze").json()["summary"]


@promise("4.1-redis")
def test_an_answer_is_kept_in_database_0(asking: httpx.Client, valkey_url: str) -> None:
    wanted = {"session_duration_minutes": 31, "equipment_available": ["kettlebell"]}
    first, second = (asking.post("/recommend", json=wanted).json() for _ in range(2))
    assert (first["source"], second["source"]) == ("rules", "cache")
    assert first | {"source": ""} == second | {"source": ""}
    with redis.Redis.from_url(f"{valkey_url}/0") as client:
        assert next(iter(client.scan_iter("coach:answer:*")))


@promise("4.4-focus", "4.4-equipment", "4.4-duration")
def test_what_a_session_must_fit(asking: httpx.Client) -> None:
    assert refused(asking.post("/recommend", json={"focus_area": "neck"})) == ["focus_area"]
    assert refused(asking.post("/recommend", json={"equipment_available": "barbell"})) == ["equipment_available"]
    for minutes in (14, 181, "60", 45.5, True):
        wanted = {"session_duration_minutes": minutes}
        assert refused(asking.post("/recommend", json=wanted)) == ["session_duration_minutes"]
    defaults = {
        "focus_area": None,
        "equipment_available": ["barbell", "dumbbells", "cables", "bodyweight"],
        "session_duration_minutes": 60,
    }
    said, unsaid = (asking.post("/recommend", json=wanted).json() for wanted in (defaults, {}))
    assert said["exercises"] == unsaid["exercises"]


@promise("4.4-focus", "4.4-duration", "4.4-response", "4.4-exercise", "4.4-failure")
@pytest.mark.parametrize(
    "focus", ["chest", "back", "shoulders", "biceps", "triceps", "legs", "core", "full_body", None]
)
def test_a_session(asking: httpx.Client, focus: str | None) -> None:
    for minutes in (15, 180):
        answer = asking.post("/recommend", json={"focus_area": focus, "session_duration_minutes": minutes})
        assert answer.status_code == 200
        plan = answer.json()
        assert set(plan) == {
            *("title", "description", "exercises", "estimated_duration_minutes", "difficulty", "tips"),
            *("source", "model"),
        }
        assert 0 < plan["estimated_duration_minutes"] <= minutes
        for exercise in plan["exercises"]:
            assert set(exercise) == {"name", "sets", "reps", "weight_suggestion", "notes", "muscle_group"}
        groups = [exercise["muscle_group"] for exercise in plan["exercises"]]
        if focus not in (None, "full_body"):
            assert groups.count(focus) * 2 >= len(groups) > 0


@promise("4.5-response", "4.5-score")
def test_an_analysis(asking: httpx.Client) -> None:
    answer = asking.get("/analyze")
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {
        *("summary", "strengths", "areas_to_improve", "recommendations", "muscle_balance_score"),
        *("source", "model"),
    }
    assert 0 <= body["muscle_balance_score"] <= 100
    assert any("squat" in sentence for sentence in body["recommendations"])


@promise("4.5-empty", "4.5-score")
def test_an_analysis_of_nothing(start_api: StartApi, start_coach: StartCoach) -> None:
    api = emptied(start_api())
    with start_coach(api).client() as client, api.client() as owner:
        assert client.get("/analyze").status_code == 400
        owner.post("/exercises", json=BENCH | {"name": "Qwertz"})
        assert client.get("/analyze").json()["muscle_balance_score"] is None


@promise("4.5-unreachable", "4.6-unreachable")
@pytest.mark.parametrize("path", ["/analyze", "/exercises"])
def test_what_cannot_be_done_without_the_api(asking_alone: httpx.Client, path: str) -> None:
    answer = asking_alone.get(path)
    assert answer.status_code == 503
    assert answer.json()["detail"] == "Unable to connect to workout API."


@promise("4.6-unchanged")
@pytest.mark.parametrize(
    "query", ["", "?page=1&page_size=1", "?sort_by=volume", "?format=csv", "?page_size=0", "?nonsense=%00&name=%C3%A4"]
)
def test_the_exercises_are_those_of_the_api(asking: httpx.Client, coached_api: Api, query: str) -> None:
    with coached_api.client() as client:
        direct = client.get(f"/exercises{query}")
    through = asking.get(f"/exercises{query}")
    assert (through.status_code, body_of(through)) == (direct.status_code, body_of(direct))
    for header in ("content-type", "etag", "link", "x-total-count", "cache-control", "vary", "content-disposition"):
        assert through.headers.get(header) == direct.headers.get(header), header
    if "etag" in direct.headers:
        again = asking.get(f"/exercises{query}", headers={"If-None-Match": direct.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def body_of(answer: httpx.Response) -> object:
    """What was answered, without what is different for every request."""
    if not answer.is_error:
        return answer.content
    return {name: value for name, value in answer.json().items() if name not in ("request_id", "trace_id")}


@promise("4.1-api", "4.6-unchanged")
def test_nobody_sees_through_the_coach_what_is_anothers(start_api: StartApi, start_coach: StartCoach) -> None:
    api = start_api(API_ACCESS="private")
    with api.client() as client:
        admin = log_in(client, "admin")
        anna, bert = (new_person(client, admin) for _ in range(2))
        added = client.post("/exercises", json=BENCH | {"name": ANNAS}, headers=anna.headers)
        assert added.status_code == 201
    with start_coach(api).client() as client:
        assert ANNAS in client.get("/exercises", headers=anna.headers).text
        assert "1 exercise on 1 day" in client.get("/analyze", headers=anna.headers).text
        assert client.get("/analyze", headers=bert.headers).status_code == 400
        assert client.get("/analyze").status_code == 401
        assert client.get("/exercises").status_code == 401
        assert client.get("/exercises", headers=bert.headers).json()["total"] == 0
        for headers, used in ((anna.headers, True), (bert.headers, True), ({}, False)):
            body = client.post("/chat", json=QUESTION, headers=headers).json()
            assert body["context_used"] is used
            assert ("1 exercise on 1 day" in body["response"]) is (headers == anna.headers)
