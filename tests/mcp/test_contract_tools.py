"""Contract §8.1: the three tools, their shapes and their errors; the numbers are the REST API's."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI

from tests.databases import sql
from tests.mcp.conftest import MakeToken, assistant, call, error
from tests.people import Person
from tests.processes import Api

pytestmark = pytest.mark.anyio

Row = dict[str, Any]
Add = Callable[..., Row]
Rest = Callable[..., Row]
FILL = """
    INSERT INTO exercises (routine_id, name, sets, reps, weight, workout_day)
    SELECT r.id, 'Exercise ' || n, 1 + n % 5, 5 + n % 11, CASE WHEN n % 6 = 0 THEN 2.5 * (n % 50) + 0.1 END,
           chr(65 + n % 7)
    FROM generate_series(1, 382) n, routines r JOIN users u ON u.id = r.owner_id WHERE u.username = $1"""


@pytest.fixture
def many(api: Api, anna: Person) -> Person:
    """Somebody with 382 exercises."""
    sql(api.variables["DATABASE_URL"], FILL, anna.username)
    return anna


async def test_the_contracts_example_calls_answer_in_its_shape(
    app: FastAPI, anna: Person, make_token: MakeToken, add: Add
) -> None:
    row = add(anna, name="Shoulder Press", sets=3, reps=10, weight=22.5)
    add(anna, name="Pull-Up", sets=4, reps=8)
    async with assistant(app, make_token(anna)) as client:
        page = await call(client, "list-exercises", page=1, page_size=1, sort_by="name", sort_order="desc")
        assert page == {"status": 200, "page": 1, "page_size": 1, "total": 2, "items": [row]}
        assert list(row) == ["id", "name", "sets", "reps", "weight", "workout_day"]
        assert await call(client, "get-exercise", exercise_id=row["id"]) == {"status": 200, "exercise": row}
        assert await call(client, "calculate-volume") == {
            "status": 200,
            "total_volume": 675.0,
            "exercise_count": 2,
            "weighted_exercises": 1,
            "bodyweight_exercises": 1,
        }


async def test_382_exercises_are_the_rest_apis(app: FastAPI, many: Person, rest: Rest, make_token: MakeToken) -> None:
    rows = [row for page in (1, 2) for row in rest(many, page=page, page_size=200)["items"]]
    async with assistant(app, make_token(many)) as client:
        pages = [await call(client, "list-exercises", page=page, page_size=50) for page in range(1, 9)]
        volume = await call(client, "calculate-volume")
    assert [row for page in pages for row in page["items"]] == rows
    assert {page["total"] for page in pages} == {len(rows)} == {382}
    weighted = [row for row in rows if row["weight"]]
    expected = math.fsum(row["sets"] * row["reps"] * row["weight"] for row in weighted)
    assert volume["total_volume"] == pytest.approx(expected, abs=1e-6)
    counts = (volume["exercise_count"], volume["weighted_exercises"], volume["bodyweight_exercises"])
    assert counts == (382, len(weighted), 382 - len(weighted))


@pytest.mark.parametrize("column", ["id", "name", "sets", "reps", "weight", "workout_day"])
@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_every_order_is_the_rest_apis(
    app: FastAPI, anna: Person, rest: Rest, make_token: MakeToken, add: Add, column: str, order: str
) -> None:
    for number, name in enumerate(("B", "a", "Ü")):
        add(anna, name=name, sets=1 + number, weight=None if number == 1 else 10.5 - number)
    query = {"sort_by": column, "sort_order": order}
    expected = rest(anna, **query)
    async with assistant(app, make_token(anna)) as client:
        assert await call(client, "list-exercises", **query) == {"status": 200, **expected}


@pytest.mark.parametrize(
    ("arguments", "detail"),
    [
        ({"page": 0}, "page: "),
        ({"page": -(10**30)}, "page: "),
        ({"page_size": 0}, "page_size: "),
        ({"page_size": 201}, "page_size: "),
        ({"sort_by": "colour"}, "sort_by must be one of: ['id', 'name', 'reps', 'sets', 'weight', 'workout_day']"),
        ({"sort_by": ""}, "sort_by must be one of"),
        ({"sort_order": "up"}, "sort_order must be one of"),
    ],
)
async def test_what_is_out_of_range_is_a_400(
    app: FastAPI, anna: Person, make_token: MakeToken, arguments: Row, detail: str
) -> None:
    async with assistant(app, make_token(anna)) as client:
        answer = await call(client, "list-exercises", **arguments)
    assert (answer["status"], set(answer)) == (400, {"status", "detail"})
    assert answer["detail"].startswith(detail)


@pytest.mark.parametrize(("exercise_id", "status"), [(0, 400), (-1, 400), (10**30, 400), (2_147_483_647, 404)])
async def test_an_exercise_that_cannot_be_there_is_400_and_one_that_is_not_404(
    app: FastAPI, anna: Person, make_token: MakeToken, exercise_id: int, status: int
) -> None:
    async with assistant(app, make_token(anna)) as client:
        answer = await call(client, "get-exercise", exercise_id=exercise_id)
    assert answer["status"] == status
    if status == 404:
        assert answer["detail"] == "Exercise not found"


async def test_somebody_elses_exercise_is_not_found(
    app: FastAPI, anna: Person, admin: Person, make_token: MakeToken, add: Add
) -> None:
    row = add(anna)
    async with assistant(app, make_token(admin)) as client:
        assert (await call(client, "get-exercise", exercise_id=row["id"]))["status"] == 404


@pytest.mark.parametrize(
    ("tool", "arguments", "name"),
    [
        ("list-exercises", {"page": "1"}, "page"),
        ("list-exercises", {"page": 1.5}, "page"),
        ("list-exercises", {"page": True}, "page"),
        ("list-exercises", {"page": None}, "page"),
        ("list-exercises", {"sort_by": 1}, "sort_by"),
        ("list-exercises", {"scope": "all"}, "scope"),
        ("get-exercise", {}, "exercise_id"),
        ("get-exercise", {"exercise_id": "1"}, "exercise_id"),
        ("calculate-volume", {"unit": "lb"}, "unit"),
    ],
)
async def test_an_argument_of_another_type_is_named_and_not_guessed(
    app: FastAPI, anna: Person, make_token: MakeToken, tool: str, arguments: Row, name: str
) -> None:
    async with assistant(app, make_token(anna)) as client:
        assert (await error(client, tool, **arguments)).startswith(f"Invalid arguments. {name}: ")


async def test_an_empty_routine_is_no_error(app: FastAPI, anna: Person, make_token: MakeToken) -> None:
    async with assistant(app, make_token(anna)) as client:
        assert (await call(client, "list-exercises"))["items"] == []
        volume = await call(client, "calculate-volume")
        assert (volume["total_volume"], volume["exercise_count"]) == (0, 0)
        assert (await call(client, "session-time"))["days"] == []
        summary = await call(client, "routine-summary")
        assert (summary["exercises"], summary["balance_score"]) == (0, None)
