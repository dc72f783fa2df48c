"""The two tools that write: with If-Match and Idempotency-Key underneath, and never a delete."""

from collections.abc import Callable
from typing import Any

import httpx
import httpx2
import pytest
from fastapi import FastAPI

from tests.mcp.conftest import MakeToken, assistant, call, error
from tests.people import Person
from tracker_client import TrackerClient, Versioned

pytestmark = pytest.mark.anyio

Row = dict[str, Any]
Add = Callable[..., Row]
Rest = Callable[..., Row]


@pytest.fixture
def writing(anna: Person, make_token: MakeToken) -> str:
    """A token that may write."""
    return make_token(anna, scope="write")


async def test_an_exercise_is_added(app: FastAPI, anna: Person, writing: str, rest: Rest) -> None:
    async with assistant(app, writing) as client:
        added = await call(client, "add-exercise", name="Front Squat", sets=4, reps=6, weight=70, workout_day="C")
    assert rest(anna)["items"] == [added["exercise"]]
    fields = {"name": "Front Squat", "sets": 4, "reps": 6, "weight": 70.0, "workout_day": "C"}
    assert {name: added["exercise"][name] for name in fields} == fields


async def test_what_is_left_out_has_the_contracts_defaults(app: FastAPI, writing: str) -> None:
    async with assistant(app, writing) as client:
        added = (await call(client, "add-exercise", name="Plank", sets=3, reps=60))["exercise"]
    assert (added["weight"], added["workout_day"]) == (None, "A")


async def test_a_call_that_is_repeated_with_its_key_adds_nothing(
    app: FastAPI, anna: Person, writing: str, rest: Rest
) -> None:
    fields = {"name": "Row", "sets": 3, "reps": 8}
    async with assistant(app, writing) as client:
        first = await call(client, "add-exercise", **fields, request_key="a")
        assert await call(client, "add-exercise", **fields, request_key="a") == first
        assert "request_key: it was used for another request" in await error(
            client, "add-exercise", **fields | {"sets": 4}, request_key="a"
        )
        await call(client, "add-exercise", **fields, request_key="b")
        await call(client, "add-exercise", **fields)
        await call(client, "add-exercise", **fields)
    assert rest(anna)["total"] == 4


async def test_only_what_is_given_changes(app: FastAPI, anna: Person, writing: str, add: Add, rest: Rest) -> None:
    row = add(anna, name="Row", sets=3, reps=8, weight=40)
    async with assistant(app, writing) as client:
        changed = await call(client, "update-exercise", exercise_id=row["id"], sets=5)
        assert changed == {"before": row, "exercise": {**row, "sets": 5}}
        everything = {"name": "Rows", "sets": 1, "reps": 2, "weight": 3.5, "workout_day": "B"}
        changed = await call(client, "update-exercise", exercise_id=row["id"], **everything)
        assert changed["exercise"] == {"id": row["id"], **everything}
        await call(client, "update-exercise", exercise_id=row["id"], bodyweight=True)
    assert rest(anna)["items"] == [{"id": row["id"], **everything, "weight": None}]


async def test_a_change_that_says_nothing_or_two_things_is_refused(
    app: FastAPI, anna: Person, writing: str, add: Add, rest: Rest
) -> None:
    row = add(anna, weight=40)
    async with assistant(app, writing) as client:
        assert "at least one field" in await error(client, "update-exercise", exercise_id=row["id"])
        both = {"weight": 50, "bodyweight": True}
        assert "not both" in await error(client, "update-exercise", exercise_id=row["id"], **both)
    assert rest(anna)["items"] == [row]


async def test_a_change_that_somebody_else_was_quicker_with_is_refused(
    app: FastAPI, anna: Person, http: httpx.Client, writing: str, add: Add, rest: Rest, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = add(anna)
    read = TrackerClient.versioned

    async def read_and_be_overtaken(client: TrackerClient, exercise_id: int, *, token: str | None = None) -> Versioned:
        found = await read(client, exercise_id, token=token)
        async with httpx2.AsyncClient(base_url=str(http.base_url), headers=anna.headers, verify=False) as other:
            assert (await other.patch(f"/exercises/{exercise_id}", json={"reps": 20})).status_code == 200
        return found

    monkeypatch.setattr(TrackerClient, "versioned", read_and_be_overtaken)
    async with assistant(app, writing) as client:
        said = await error(client, "update-exercise", exercise_id=row["id"], sets=9)
    assert said == "The exercise has changed since you read it: read it again, then decide"
    assert rest(anna)["items"] == [{**row, "reps": 20}]


async def test_somebody_elses_exercise_cannot_be_changed(app: FastAPI, admin: Person, writing: str, add: Add) -> None:
    row = add(admin)
    async with assistant(app, writing) as client:
        assert await error(client, "update-exercise", exercise_id=row["id"], sets=9) == "Exercise not found"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", "\u200b"),
        ("sets", 0),
        ("sets", "3"),
        ("reps", 1001),
        ("weight", -1),
        ("weight", "heavy"),
        ("workout_day", "x" * 11),
        ("request_key", "with blanks"),
        ("id", 7),
    ],
)
async def test_what_makes_no_exercise_is_refused_by_name(
    app: FastAPI, anna: Person, writing: str, rest: Rest, field: str, value: object
) -> None:
    async with assistant(app, writing) as client:
        fields = {"name": "Row", "sets": 3, "reps": 8, field: value}
        assert field in await error(client, "add-exercise", **fields)
    assert rest(anna)["total"] == 0


async def test_what_writes_says_so_in_its_annotations(app: FastAPI, writing: str) -> None:
    async with assistant(app, writing) as client:
        hints = {tool.name: tool.annotations for tool in await client.list_tools()}
    for name, destructive in (("add-exercise", False), ("update-exercise", True)):
        found = hints[name]
        assert found
        assert (found.read_only_hint, found.destructive_hint, found.open_world_hint) == (False, destructive, False)
    assert not [name for name in hints if "delete" in name or "remove" in name]
