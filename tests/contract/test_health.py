"""Contract §3.2 and §3.3: `GET /health` and `GET /`."""

from datetime import UTC, datetime, timedelta

import httpx

from devstack.ports import free_port
from tests.conftest import StartApi
from tests.contract.conftest import Add
from tests.contract.promises import promise
from tests.people import Person, new_person

NOBODY = {"Authorization": "Bearer nonsense"}


@promise("3.2-fields", "3.2-healthy", "3.2-version", "3.2-message")
def test_a_healthy_api_says_so_in_the_contracts_words(client: httpx.Client) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"status", "version", "timestamp", "database"}
    assert set(body["database"]) == {"status", "message", "exercise_count"}
    assert (body["status"], body["version"]) == ("healthy", "0.1.0")
    assert (body["database"]["status"], body["database"]["message"]) == ("connected", "Connected")
    assert type(body["database"]["exercise_count"]) is int


@promise("3.2-timestamp")
def test_the_timestamp_is_now(client: httpx.Client) -> None:
    before = datetime.now(UTC)
    timestamp = client.get("/health").json()["timestamp"]
    assert timestamp.endswith("Z")
    moment = datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert before - timedelta(seconds=1) <= moment <= datetime.now(UTC)


@promise("3.2-exercise-count")
def test_the_count_is_of_all_routines(private: httpx.Client) -> None:
    admin = Person("admin", "", private.post("/auth/login", json=ADMIN).json()["access_token"], "")
    before = private.get("/health").json()["database"]["exercise_count"]
    for person in (new_person(private, admin), new_person(private, admin)):
        squat = {"name": "Squat", "sets": 3, "reps": 5}
        assert private.post("/exercises", json=squat, headers=person.headers).status_code == 201
    assert private.get("/health").json()["database"]["exercise_count"] == before + 2


ADMIN = {"username": "admin", "password": "admin123"}


@promise("3.2-exercise-count")
def test_the_count_follows_every_write(client: httpx.Client, empty: None, add: Add) -> None:
    counts = [client.get("/health").json()["database"]["exercise_count"]]
    exercise = add()
    counts.append(client.get("/health").json()["database"]["exercise_count"])
    client.delete(f"/exercises/{exercise['id']}")
    counts.append(client.get("/health").json()["database"]["exercise_count"])
    assert counts == [0, 1, 0]


@promise("3.2-unhealthy")
def test_an_api_without_its_database_says_so_with_200(start_api: StartApi) -> None:
    away = f"postgresql://nobody:nothing@127.0.0.1:{free_port()}/nowhere"
    with start_api(DATABASE_URL=away, wait_for="/livez").client() as client:
        answer = client.get("/health")
        assert answer.status_code == 200
        body = answer.json()
        assert body["status"] == "unhealthy"
        assert body["database"]["status"] == "disconnected"
        assert body["database"]["message"] != "Connected"
        assert body["database"]["exercise_count"] is None


@promise("3.2-public", "3.3-public")
def test_neither_health_nor_the_root_wants_a_token(client: httpx.Client, private: httpx.Client) -> None:
    for caller in (client, private):
        for path in ("/health", "/"):
            assert caller.get(path).status_code == 200
            assert caller.get(path, headers=NOBODY).status_code == 200


@promise("3.3-body")
def test_the_root_says_what_this_is(client: httpx.Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.json() == {"message": "Welcome to the Workout Tracker API", "version": "0.1.0", "docs": "/docs"}
