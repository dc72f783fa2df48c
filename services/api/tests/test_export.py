"""The routine as CSV: one page of it, and all of it."""

import csv
from asyncio import Event, wait_for
from collections.abc import Awaitable, Callable, MutableMapping
from io import StringIO
from typing import Any, cast

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
HEADER = "id,name,sets,reps,weight,workout_day\r\n"
CSV_HEADERS = {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="exercises.csv"',
    "cache-control": "private, no-cache",
    "vary": "Authorization",
}


async def insert(sql: asyncpg.Connection, *rows: tuple[str, int, int, float | None, str]) -> list[int]:
    query = (
        "INSERT INTO exercises (routine_id, name, sets, reps, weight, workout_day) "
        "SELECT id, $1, $2, $3, $4, $5 FROM routines WHERE owner_id IS NULL RETURNING id"
    )
    return [await sql.fetchval(query, *row) for row in rows]


async def fill(sql: asyncpg.Connection, count: int) -> list[int]:
    rows = await sql.fetch(
        "INSERT INTO exercises (routine_id, name, sets, reps) "
        "SELECT r.id, 'Lift ' || n, 3, 5 FROM routines r, generate_series(1, $1) n WHERE r.owner_id IS NULL "
        "RETURNING id",
        count,
    )
    return sorted(row["id"] for row in rows)


def ids(text: str) -> list[int]:
    return [int(row["id"]) for row in csv.DictReader(StringIO(text, newline=""))]


@pytest.fixture(params=["/exercises?format=csv", "/exercises/export"])
def path(request: pytest.FixtureRequest) -> str:
    """Both ways to CSV."""
    return str(request.param)


async def test_csv_has_the_contracts_columns_and_lines(
    client: httpx.AsyncClient, sql: asyncpg.Connection, path: str
) -> None:
    first, second = await insert(sql, ("Bench Press", 4, 8, 80, "A"), ("Plank", 3, 1, None, "B"))
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.text == f"{HEADER}{first},Bench Press,4,8,80.0,A\r\n{second},Plank,3,1,,B\r\n"
    assert CSV_HEADERS.items() <= dict(answer.headers).items()
    assert answer.headers["x-total-count"] == "2"
    assert "etag" not in answer.headers


async def test_csv_of_nothing_is_its_header(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.text, answer.headers["x-total-count"]) == (200, HEADER, "0")


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("Press, seated", '"Press, seated"'),
        ('6" box jump', '"6"" box jump"'),
        ("Farmer's walk", "Farmer's walk"),
        ("=1+2", "'=1+2"),
        ('=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\uff1d1+2", "'\uff1d1+2"),  # full width, as from a Japanese keyboard
        ("\tTab", "'\tTab"),  # only another writer can store these two
        ("\rReturn", '"\'\rReturn"'),
        ("1=1", "1=1"),
        ("Push-up", "Push-up"),
        ("Élévation latérale 💪", "Élévation latérale 💪"),
    ],
)
async def test_a_cell_is_quoted_and_is_no_formula(
    client: httpx.AsyncClient, sql: asyncpg.Connection, path: str, name: str, cell: str
) -> None:
    (row,) = await insert(sql, (name, 1, 2, 0, "A"))
    assert (await client.get(path)).content == f"{HEADER}{row},{cell},1,2,0.0,A\r\n".encode()


async def test_a_day_is_no_formula_either(client: httpx.AsyncClient, sql: asyncpg.Connection, path: str) -> None:
    (row,) = await insert(sql, ("Squat", 1, 2, 1_000_000, "=A1"))
    assert (await client.get(path)).text == f"{HEADER}{row},Squat,1,2,1000000.0,'=A1\r\n"


async def test_every_value_comes_back_from_the_csv(
    client: httpx.AsyncClient, sql: asyncpg.Connection, path: str
) -> None:
    await insert(
        sql, ('a "b", c', 100, 1000, 80.25, "Day, 1"), ("''", 1, 1, None, '"'), ("Ünï 😀\u2028x", 2, 3, 0.1, "Ω")
    )
    items: list[dict[str, Any]] = (await client.get("/exercises")).json()["items"]
    texts = [{column: "" if value is None else str(value) for column, value in item.items()} for item in items]
    assert list(csv.DictReader(StringIO((await client.get(path)).text, newline=""))) == texts


async def test_a_page_of_csv_is_that_page(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    everything = await fill(sql, 5)
    answer = await client.get("/exercises?format=csv&page=2&page_size=2&sort_order=desc")
    assert ids(answer.text) == everything[::-1][2:4]
    assert answer.headers["x-total-count"] == "5"
    assert '<?format=csv&page=3&page_size=2&sort_order=desc>; rel="next"' in sorted_links(answer)


def sorted_links(answer: httpx.Response) -> str:
    """The `Link` header, with the parameters of each target in order of their names."""
    parts = []
    for link in answer.headers["link"].split(", "):
        target, relation = link.removeprefix("<?").split(">")
        parts.append(f"<?{'&'.join(sorted(target.split('&')))}>{relation}")
    return ", ".join(parts)


async def test_a_page_of_csv_beyond_the_last_is_its_header(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    await fill(sql, 3)
    answer = await client.get("/exercises?format=csv&page=2")
    assert (answer.status_code, answer.text, answer.headers["x-total-count"]) == (200, HEADER, "3")


async def test_csv_is_never_answered_as_unchanged(client: httpx.AsyncClient, path: str) -> None:
    tag = (await client.get("/exercises")).headers["etag"]
    for known in (tag, "*"):
        assert (await client.get(path, headers={"If-None-Match": known})).status_code == 200


@pytest.mark.parametrize("count", [1, 200, 499, 500, 501, 999, 1000, 1001, 1500])
async def test_the_export_has_everything_once_in_the_order_of_ids(
    client: httpx.AsyncClient, sql: asyncpg.Connection, count: int
) -> None:
    everything = await fill(sql, count)
    answer = await client.get("/exercises/export")
    assert ids(answer.text) == everything
    assert answer.headers["x-total-count"] == str(count)
    assert answer.text.count("workout_day") == 1
    assert answer.text.endswith("\r\n")
    assert "link" not in answer.headers


async def test_the_export_of_a_long_routine_is_of_that_routine_alone(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    root = await make_user("root", role="admin")
    everything = []
    for _ in range(2):
        everything += await fill(sql, 501)
        await sql.execute(
            "INSERT INTO exercises (routine_id, name, sets, reps) SELECT r.id, 'Other', 3, 5 "
            "FROM routines r, generate_series(1, 400) WHERE r.owner_id IS NOT NULL"
        )
    answer = await client.get("/exercises/export", headers=root)
    assert (ids(answer.text), answer.headers["x-total-count"]) == (everything, "1002")
    answer = await client.get("/exercises/export?scope=all", headers=root)
    assert (len(ids(answer.text)), answer.text.count("Other"), answer.headers["x-total-count"]) == (1802, 800, "1802")


async def test_a_long_export_is_sent_in_pieces(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    await fill(sql, 1001)
    pieces: list[bytes] = []  # the client would put them together

    async def receive() -> dict[str, Any]:
        await Event().wait()  # the client waits, too
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        pieces.append(message.get("body", b""))

    scope = {
        **{"type": "http", "http_version": "1.1", "method": "GET", "path": "/exercises/export", "query_string": b""},
        **{"scheme": "http", "root_path": "", "headers": [], "client": ("192.0.2.1", 1), "server": ("api.test", 80)},
    }
    await wait_for(cast(httpx.ASGITransport, client._transport).app(scope, receive, send), 5)
    assert [piece.count(b"\r\n") for piece in pieces if piece] == [501, 500, 1]


async def test_the_export_is_in_the_order_of_ids_whatever_was_changed_last(
    client: httpx.AsyncClient, sql: asyncpg.Connection
) -> None:
    everything = await fill(sql, 4)
    for exercise in everything[::-1]:
        assert (await client.patch(f"/exercises/{exercise}", json={"sets": 9})).status_code == 200
    assert ids((await client.get("/exercises/export")).text) == everything


async def test_the_export_has_no_pages(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    everything = await fill(sql, 3)
    answer = await client.get("/exercises/export?page=2&page_size=1&sort_order=desc&format=json")
    assert ids(answer.text) == everything


async def test_an_unknown_scope_of_the_export_is_refused_by_name(client: httpx.AsyncClient) -> None:
    answer = await client.get("/exercises/export?scope=mine")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "scope", "message": "Input should be 'own' or 'all'"}]


async def test_a_head_of_the_export_has_its_headers_and_no_body(
    client: httpx.AsyncClient, sql: asyncpg.Connection, path: str
) -> None:
    await fill(sql, 501)
    answer = await client.head(path)
    assert (answer.status_code, answer.content, answer.headers["x-total-count"]) == (200, b"", "501")
    assert CSV_HEADERS.items() <= dict(answer.headers).items()
