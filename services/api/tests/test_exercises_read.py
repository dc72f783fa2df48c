"""Reading: pages, their bounds, their order, the links between them, and one exercise by its id."""

import re
from typing import Any
from urllib.parse import parse_qsl, urljoin

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

# (name, sets, reps, weight, workout_day): each column has ties, the weights have nulls.
ROWS = [
    ("Squat", 3, 5, 100.0, "A"),
    ("Bench Press", 5, 5, 60.0, "B"),
    ("Dips", 3, 12, None, "B"),
    ("Squat", 4, 8, 80.5, "C"),
    ("Plank", 3, 1, None, "A"),
    ("Deadlift", 1, 5, 100.0, "C"),
    ("Chin-up", 4, 8, None, "C"),
    ("Bench Press", 5, 12, 0.0, "A"),
]
COLUMNS = ("id", "name", "sets", "reps", "weight", "workout_day")
CACHING = {"cache-control": "private, no-cache", "vary": "Authorization"}


async def add(client: httpx.AsyncClient, **fields: object) -> dict[str, object]:
    answer = await client.post("/exercises", json={"name": "Squat", "sets": 3, "reps": 5} | fields)
    assert answer.status_code == 201, answer.text
    body: dict[str, object] = answer.json()
    return body


async def fill(sql: asyncpg.Connection, count: int) -> None:
    await sql.execute(
        "INSERT INTO exercises (routine_id, name, sets, reps) "
        "SELECT r.id, 'Lift ' || n, 3, 5 FROM routines r, generate_series(1, $1) n WHERE r.owner_id IS NULL",
        count,
    )


async def arrange(sql: asyncpg.Connection) -> list[dict[str, Any]]:
    """ROWS in the shared routine, with their ids."""
    rows = []
    for values in ROWS:
        row = await sql.fetchrow(
            "INSERT INTO exercises (routine_id, name, sets, reps, weight, workout_day) "
            "SELECT id, $1, $2, $3, $4, $5 FROM routines WHERE owner_id IS NULL "
            "RETURNING id, name, sets, reps, weight, workout_day",
            *values,
        )
        rows.append(dict(row))
    return rows


def ordered(rows: list[dict[str, Any]], column: str, *, descending: bool) -> list[dict[str, Any]]:
    """By column, then by id, both in the same direction, and nulls at the end."""
    known = [row for row in rows if row[column] is not None]
    unknown = [row for row in rows if row[column] is None]
    return [
        *sorted(known, key=lambda row: (row[column], row["id"]), reverse=descending),
        *sorted(unknown, key=lambda row: row["id"], reverse=descending),
    ]


def links(answer: httpx.Response) -> dict[str, str]:
    """Relation to target, of a `Link` header that is nothing but links of that one form."""
    link = re.compile(r'<([^<>]*)>; rel="([a-z]+)"')
    header = answer.headers["link"]
    assert ", ".join(found[0] for found in link.finditer(header)) == header
    return {relation: target for target, relation in link.findall(header)}


async def test_a_page_holds_the_contracts_fields(client: httpx.AsyncClient) -> None:
    added = await add(client, name="Bench Press", sets=4, reps=8, weight=80, workout_day="A")
    answer = await client.get("/exercises")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-total-count"] == "1"
    assert answer.json() == {"page": 1, "page_size": 20, "total": 1, "items": [added]}
    assert list(answer.json()) == ["page", "page_size", "total", "items"]
    assert added == {"id": added["id"], "name": "Bench Press", "sets": 4, "reps": 8, "weight": 80.0, "workout_day": "A"}
    assert tuple(answer.json()["items"][0]) == COLUMNS


async def test_an_empty_routine_has_one_empty_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/exercises")
    assert answer.status_code == 200
    assert answer.json() == {"page": 1, "page_size": 20, "total": 0, "items": []}
    assert answer.headers["x-total-count"] == "0"
    assert answer.headers["etag"].startswith('W/"')
    assert links(answer) == {"first": "?page=1&page_size=20", "last": "?page=1&page_size=20"}


async def test_pages_follow_each_other(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    ids = [(await add(client, name=f"Lift {n}"))["id"] for n in range(5)]
    seen = []
    for page in (1, 2, 3, 4):
        answer = await client.get("/exercises", params={"page": page, "page_size": 2})
        assert answer.headers["x-total-count"] == "5"
        assert (answer.json()["page"], answer.json()["page_size"], answer.json()["total"]) == (page, 2, 5)
        seen.append([item["id"] for item in answer.json()["items"]])
    assert seen == [ids[:2], ids[2:4], ids[4:], []]


async def test_a_page_has_twenty_exercises_unless_told(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    await fill(sql, 21)
    first, second = await client.get("/exercises"), await client.get("/exercises?page=2")
    assert [len(answer.json()["items"]) for answer in (first, second)] == [20, 1]


@pytest.mark.parametrize(("page_size", "count"), [(1, 1), (199, 199), (200, 200)])
async def test_a_page_may_have_1_to_200_exercises(
    client: httpx.AsyncClient, sql: asyncpg.Connection, page_size: int, count: int
) -> None:
    await fill(sql, 201)
    answer = await client.get("/exercises", params={"page_size": page_size})
    assert (answer.status_code, len(answer.json()["items"]), answer.json()["page_size"]) == (200, count, page_size)
    assert answer.json()["total"] == 201


@pytest.mark.parametrize("page", [3, 2_147_483_646, 2_147_483_647])
async def test_a_page_beyond_the_last_is_empty_and_knows_the_total(
    client: httpx.AsyncClient, sql: asyncpg.Connection, page: int
) -> None:
    await fill(sql, 201)
    answer = await client.get("/exercises", params={"page": page, "page_size": 200})
    assert answer.status_code == 200
    assert answer.json() == {"page": page, "page_size": 200, "total": 201, "items": []}
    assert answer.headers["x-total-count"] == "201"


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("page=0", "page", "Input should be greater than or equal to 1"),
        ("page=-1", "page", "Input should be greater than or equal to 1"),
        ("page=2147483648", "page", "Input should be less than or equal to 2147483647"),
        (f"page={10**30}", "page", "Input should be less than or equal to 2147483647"),
        ("page=x", "page", "Input should be a valid integer, unable to parse string as an integer"),
        ("page=", "page", "Input should be a valid integer, unable to parse string as an integer"),
        ("page_size=0", "page_size", "Input should be greater than or equal to 1"),
        ("page_size=201", "page_size", "Input should be less than or equal to 200"),
        (f"page_size={10**30}", "page_size", "Input should be less than or equal to 200"),
        ("sort_order=ASC", "sort_order", "Input should be 'asc' or 'desc'"),
        ("sort_order=up", "sort_order", "Input should be 'asc' or 'desc'"),
        ("format=xml", "format", "Input should be 'json' or 'csv'"),
        ("scope=mine", "scope", "Input should be 'own' or 'all'"),
    ],
)
async def test_a_query_out_of_bounds_is_refused_by_name(
    client: httpx.AsyncClient, query: str, field: str, message: str
) -> None:
    answer = await client.get(f"/exercises?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [{"field": field, "message": message}]
    assert answer.json()["detail"] == f"{field}: {message}"


async def test_every_wrong_parameter_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.get("/exercises?page=0&page_size=201&sort_order=up&format=xml")
    assert [error["field"] for error in answer.json()["errors"]] == ["page", "page_size", "sort_order", "format"]
    parts = [f"{error['field']}: {error['message']}" for error in answer.json()["errors"]]
    assert answer.json()["detail"] == "; ".join(parts)


@pytest.mark.parametrize("sort_by", ["", "Name", "version", "routine_id", "id,name", "id;", "weight desc"])
async def test_an_unknown_column_is_refused_in_the_contracts_words(client: httpx.AsyncClient, sort_by: str) -> None:
    answer = await client.get("/exercises", params={"sort_by": sort_by})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["detail"] == "sort_by must be one of: ['id', 'name', 'reps', 'sets', 'weight', 'workout_day']"
    assert (problem["type"], problem["title"], problem["status"]) == ("urn:problem:unknown-column", "Bad Request", 400)
    assert "errors" not in problem


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("column", COLUMNS)
async def test_a_page_is_in_the_order_asked_for(
    client: httpx.AsyncClient, sql: asyncpg.Connection, column: str, order: str
) -> None:
    expected = ordered(await arrange(sql), column, descending=order == "desc")
    query = {"sort_by": column, "sort_order": order}
    assert (await client.get("/exercises", params=query)).json()["items"] == expected
    parts = [await client.get("/exercises", params={**query, "page": n, "page_size": 3}) for n in (1, 2, 3)]
    assert [part.json()["items"] for part in parts] == [expected[:3], expected[3:6], expected[6:]]


async def test_without_a_wish_the_order_is_ascending_by_id(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    rows = await arrange(sql)
    assert (await client.get("/exercises")).json()["items"] == rows
    assert (await client.get("/exercises?sort_order=desc")).json()["items"] == rows[::-1]
    assert (await client.get("/exercises?sort_by=name")).json()["items"] == ordered(rows, "name", descending=False)


@pytest.mark.parametrize(
    ("page", "relations"),
    [
        (1, {"first": 1, "next": 2, "last": 3}),
        (2, {"first": 1, "prev": 1, "next": 3, "last": 3}),
        (3, {"first": 1, "prev": 2, "last": 3}),
        (4, {"first": 1, "prev": 3, "last": 3}),
        (5, {"first": 1, "last": 3}),
    ],
)
async def test_links_lead_to_the_neighbours_with_the_same_query(
    client: httpx.AsyncClient, sql: asyncpg.Connection, page: int, relations: dict[str, int]
) -> None:
    await fill(sql, 5)
    kept = {"sort_by": "name", "sort_order": "desc", "scope": "own", "format": "json", "page_size": "2"}
    found = links(await client.get("/exercises", params={**kept, "page": str(page)}))
    assert all(target.startswith("?") for target in found.values())
    targets = {relation: dict(parse_qsl(target[1:], strict_parsing=True)) for relation, target in found.items()}
    assert targets == {relation: {**kept, "page": str(n)} for relation, n in relations.items()}


async def test_the_next_links_visit_everything_once(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    rows = await arrange(sql)
    url: str | None = "/exercises?sort_by=weight&sort_order=desc&page_size=3"
    seen: list[dict[str, Any]] = []
    while url is not None:
        answer = await client.get(url)
        seen += answer.json()["items"]
        following = links(answer).get("next")
        url = following and urljoin(str(answer.url), following)
    assert seen == ordered(rows, "weight", descending=True)


async def test_an_exercise_is_found_by_its_id(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    for row in await arrange(sql):
        answer = await client.get(f"/exercises/{row['id']}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        assert (answer.json(), tuple(answer.json())) == (row, COLUMNS)
        assert answer.headers["etag"] == f'"{row["id"]}.1"'
        assert CACHING.items() <= dict(answer.headers).items()


async def test_an_exercise_that_is_not_there_is_not_found(client: httpx.AsyncClient) -> None:
    gone = await add(client)
    assert (await client.delete(f"/exercises/{gone['id']}")).status_code == 204
    answer = await client.get(f"/exercises/{gone['id']}")
    assert (answer.status_code, answer.json()["detail"]) == (404, "Exercise not found")
    assert answer.json()["type"] == "urn:problem:exercise-not-found"
