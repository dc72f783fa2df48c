"""Contract §3.4: one exercise, from POST to DELETE."""

from typing import Any

import httpx
import pytest

from tests.contract.conftest import SQUAT, Add, Exercise
from tests.contract.promises import promise

MISSING = "/exercises/2147483647"
# What each field may be, and what it may not: the same for POST and for PATCH.
GOOD: dict[str, list[Any]] = {
    "name": ["x", "x" * 100, "Übung №1 🏋", '"; DROP TABLE exercises; --'],
    "sets": [1, 100],
    "reps": [1, 1000],
    "weight": [0, 0.0, 0.25, 80, 999_999.5, 1_000_000, None],
    "workout_day": ["B", "x" * 10, "Push/Pull"],
}
BAD: dict[str, list[Any]] = {
    "name": ["", "x" * 101, " ", "\u200b", "a\nb", None, 7, True, ["x"], {}],
    "sets": [0, -1, 101, 1.5, "4", None, True, [4], 10**30],
    "reps": [0, -1, 1001, 1.5, "8", None, False, [8], 10**30],
    "weight": [-0.01, -1, 1_000_001, "80", True, [80], 10**400],
    "workout_day": ["", "x" * 11, " ", None, 1, True],
}
Pair = tuple[str, Any]


def pairs(values: dict[str, list[Any]]) -> list[Pair]:
    """(field, value) for each value."""
    return [(field, value) for field in values for value in values[field]]


def case(pair: Pair) -> str:
    """A test's name, in ASCII."""
    return f"{pair[0]}={pair[1]!r}"[:40].encode("unicode_escape").decode()


def check_refused(answer: httpx.Response, field: str) -> None:
    """Is it a 422 that names the field, and nothing that was sent?"""
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def check_missing(answer: httpx.Response) -> None:
    """Is it the contract's 404?"""
    assert answer.status_code == 404, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "Exercise not found"


@promise("3.4-create-status", "3.4-create-body", "3.4-get-one", "3.4-item-fields")
def test_a_new_exercise_is_answered_got_and_listed_alike(client: httpx.Client, empty: None) -> None:
    fields = {"name": "Bench Press", "sets": 4, "reps": 8, "weight": 80, "workout_day": "B"}
    created = client.post("/exercises", json=fields)
    assert created.status_code == 201
    assert created.headers["content-type"] == "application/json"
    body = created.json()
    assert body == {"id": body["id"], **fields, "weight": 80.0}
    assert type(body["id"]) is int
    assert type(body["weight"]) is float
    got = client.get(f"/exercises/{body['id']}")
    assert (got.status_code, got.json()) == (200, body)
    assert client.get("/exercises").json()["items"] == [body]


@promise("3.4-weight", "3.4-workout-day")
def test_weight_is_null_and_workout_day_a_unless_told_otherwise(add: Add) -> None:
    added = add()
    assert (added["weight"], added["workout_day"]) == (None, "A")


@promise("3.4-name", "3.4-sets", "3.4-reps")
@pytest.mark.parametrize("field", ["name", "sets", "reps"])
def test_without_a_required_field_nothing_is_created(client: httpx.Client, empty: None, field: str) -> None:
    check_refused(client.post("/exercises", json={key: SQUAT[key] for key in SQUAT if key != field}), field)
    assert client.get("/exercises").json()["total"] == 0


@promise("3.4-name", "3.4-sets", "3.4-reps", "3.4-weight", "3.4-workout-day", "3.4-update-constraints")
@pytest.mark.parametrize("pair", pairs(GOOD), ids=case)
def test_what_a_field_may_be_is_kept_as_it_is(client: httpx.Client, add: Add, pair: Pair) -> None:
    field, value = pair
    added = add(**{field: value})
    assert added[field] == value
    other = add()
    changed = client.patch(f"/exercises/{other['id']}", json={field: value})
    assert (changed.status_code, changed.json()) == (200, other | {field: value})
    for exercise in (added, changed.json()):
        assert client.get(f"/exercises/{exercise['id']}").json() == exercise


@promise("3.4-name", "3.4-sets", "3.4-reps", "3.4-weight", "3.4-workout-day", "3.4-update-constraints")
@pytest.mark.parametrize("pair", pairs(BAD), ids=case)
def test_what_a_field_may_not_be_is_refused_by_its_name(
    client: httpx.Client, empty: None, add: Add, pair: Pair
) -> None:
    field, value = pair
    check_refused(client.post("/exercises", json=SQUAT | {field: value}), field)
    kept = add(weight=20)
    check_refused(client.patch(f"/exercises/{kept['id']}", json={field: value}), field)
    assert client.get("/exercises").json()["items"] == [kept]


@promise("3.4-name", "3.4-workout-day")
def test_blanks_around_text_are_dropped(add: Add) -> None:
    added = add(name="  Squat ", workout_day=" A ")
    assert (added["name"], added["workout_day"]) == ("Squat", "A")


@promise("3.4-weight")
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_a_weight_that_is_no_number_is_refused(client: httpx.Client, number: str) -> None:
    body = f'{{"name": "Squat", "sets": 3, "reps": 5, "weight": {number}}}'
    answer = client.post("/exercises", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text


@promise("3.4-update-optional")
def test_a_patch_of_nothing_changes_nothing(client: httpx.Client, add: Add) -> None:
    exercise = add(weight=20)
    answer = client.patch(f"/exercises/{exercise['id']}", json={})
    assert (answer.status_code, answer.json()) == (200, exercise)


@promise("3.4-update-optional", "3.4-update-only-given", "3.4-update-body")
@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Front Squat"},
        {"sets": 5},
        {"reps": 12},
        {"weight": 62.5},
        {"workout_day": "C"},
        {"sets": 1, "reps": 1, "weight": 0},
    ],
    ids=str,
)
def test_only_the_fields_that_are_sent_change(client: httpx.Client, add: Add, fields: Exercise) -> None:
    exercise = add(weight=20)
    answer = client.patch(f"/exercises/{exercise['id']}", json=fields)
    assert (answer.status_code, answer.json()) == (200, exercise | fields)
    assert client.get(f"/exercises/{exercise['id']}").json() == exercise | fields


@promise("3.4-update-optional")
def test_a_field_that_nobody_knows_is_refused(client: httpx.Client, add: Add) -> None:
    exercise = add()
    check_refused(client.patch(f"/exercises/{exercise['id']}", json={"wieght": 50}), "wieght")
    check_refused(client.patch(f"/exercises/{exercise['id']}", json={"id": 5}), "id")


@promise("3.4-update-clears-weight", "3.4-update-keeps-weight")
def test_null_clears_the_weight_and_silence_keeps_it(client: httpx.Client, add: Add) -> None:
    exercise = add(weight=20)
    kept = client.patch(f"/exercises/{exercise['id']}", json={"sets": 5})
    assert kept.json()["weight"] == 20
    cleared = client.patch(f"/exercises/{exercise['id']}", json={"weight": None})
    assert (cleared.status_code, cleared.json()["weight"]) == (200, None)
    assert client.get(f"/exercises/{exercise['id']}").json()["weight"] is None


@promise("3.4-delete-status", "3.4-delete-missing")
def test_what_was_deleted_is_gone(client: httpx.Client, empty: None, add: Add) -> None:
    exercise, other = add(), add()
    answer = client.delete(f"/exercises/{exercise['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get("/exercises").json()["items"] == [other]
    path = f"/exercises/{exercise['id']}"
    for later in (client.get(path), client.patch(path, json={"sets": 1}), client.delete(path)):
        check_missing(later)


@promise("3.4-get-missing", "3.4-update-missing", "3.4-delete-missing")
def test_an_exercise_that_is_not_there_is_not_found(client: httpx.Client) -> None:
    check_missing(client.get(MISSING))
    check_missing(client.patch(MISSING, json={"sets": 1}))
    check_missing(client.delete(MISSING))


@promise("3.4-open")
def test_in_open_mode_nobody_needs_a_token(client: httpx.Client) -> None:
    created = client.post("/exercises", json=SQUAT)
    path = f"/exercises/{created.json()['id']}"
    answers = [
        created,
        client.get("/exercises"),
        client.get(path),
        client.patch(path, json={"sets": 4}),
        client.delete(path),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 204]


@promise("3.4-open")
def test_in_private_mode_everybody_needs_a_token(private: httpx.Client) -> None:
    requests = [
        ("GET", "/exercises"),
        ("POST", "/exercises"),
        *((method, "/exercises/1") for method in ("GET", "PATCH", "DELETE")),
    ]
    for method, path in requests:
        answer = private.request(method, path, json=SQUAT if method in ("POST", "PATCH") else None)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), method
