"""The tag of a page: equal for equal answers, another one after every write, whoever writes."""

import re
from collections.abc import Awaitable, Callable

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.anyio

MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
MakeUser = Callable[..., Awaitable[dict[str, str]]]
BODY = {"name": "Squat", "sets": 3, "reps": 5}
CACHING = {"cache-control": "private, no-cache", "vary": "Authorization"}
QUERIES = ("", "?page=2", "?page=99", "?page_size=1", "?sort_by=name", "?sort_order=desc")
SHARED = "(SELECT id FROM routines WHERE owner_id IS NULL)"


async def fill(sql: asyncpg.Connection, count: int = 3) -> list[int]:
    query = f"INSERT INTO exercises (routine_id, name, sets, reps) SELECT {SHARED}, 'Lift ' || n, 3, 5 "
    rows = await sql.fetch(query + "FROM generate_series(1, $1) n RETURNING id", count)
    return sorted(row["id"] for row in rows)


async def tag_of(client: httpx.AsyncClient, query: str = "", headers: dict[str, str] | None = None) -> str:
    answer = await client.get(f"/exercises{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.headers["etag"]


async def test_a_tag_is_weak_and_has_64_digits(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    await fill(sql)
    for query in QUERIES:
        assert re.fullmatch(r'W/"[0-9a-f]{64}"', await tag_of(client, query))


async def test_a_tag_is_the_same_for_the_same_question_on_every_replica(
    client: httpx.AsyncClient, make_client: MakeClient, sql: asyncpg.Connection
) -> None:
    await fill(sql)
    replica = await make_client(jwt_secret_key="another secret of at least 32 bytes, for another replica")
    for query in QUERIES:
        assert len({await tag_of(each, query) for each in (client, client, replica)}) == 1


async def test_a_tag_differs_by_page_size_order_and_scope(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    await fill(sql)
    admin = await make_user("root", role="admin")
    queries = [*QUERIES, "?sort_by=name&sort_order=desc", "?sort_by=reps", "?scope=all"]
    tags = [await tag_of(client, query, admin) for query in queries]
    assert len(set(tags)) == len(queries)


async def test_a_tag_differs_by_routine(make_client: MakeClient, make_user: MakeUser) -> None:
    anna, ben = await make_user("anna"), await make_user("ben")
    private = await make_client(access="private")
    assert await tag_of(private, "", anna) != await tag_of(private, "", ben)


@pytest.mark.parametrize("query", ["", "?page=2", "?page_size=2&sort_by=weight&sort_order=desc"])
@pytest.mark.parametrize("count", [0, 3])
async def test_what_has_not_changed_is_not_sent_again(
    client: httpx.AsyncClient, sql: asyncpg.Connection, count: int, query: str
) -> None:
    await fill(sql, count)
    tag = await tag_of(client, query)
    answer = await client.get(f"/exercises{query}", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert (answer.headers["etag"], answer.headers["x-total-count"]) == (tag, str(count))
    assert CACHING.items() <= dict(answer.headers).items()
    assert {"x-request-id", "x-response-time"} <= set(answer.headers)
    assert "content-type" not in answer.headers


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ('W/"{}"', 304),
        ('"{}"', 304),
        ("*", 304),
        (' W/"{}" ', 304),
        ('"x", W/"{}"', 304),
        ('W/"{}","x"', 304),
        ('W/"x"', 200),
        ("{}", 200),
        ("W/{}", 200),
        ('"{}x"', 200),
        ('""', 200),
        ("", 200),
    ],
)
async def test_a_tag_may_come_in_every_form_of_the_standard(client: httpx.AsyncClient, form: str, status: int) -> None:
    digits = (await tag_of(client)).removeprefix('W/"').removesuffix('"')
    answer = await client.get("/exercises", headers={"If-None-Match": form.format(digits)})
    assert answer.status_code == status
    assert answer.headers["etag"] == f'W/"{digits}"'
    assert CACHING.items() <= dict(answer.headers).items()


async def test_a_wrong_question_is_wrong_though_its_tag_is_known(client: httpx.AsyncClient) -> None:
    for query, status in (("?sort_by=x", 400), ("?page=0", 422), ("?scope=all", 403)):
        assert (await client.get(f"/exercises{query}", headers={"If-None-Match": "*"})).status_code == status


async def test_no_tag_holds_after_a_write_through_the_api(client: httpx.AsyncClient, make_user: MakeUser) -> None:
    admin = await make_user("root", role="admin")
    seen = [await tag_of(client, "", admin)]
    url = f"/exercises/{(await client.post('/exercises', json=BODY)).json()['id']}"
    last = f"/exercises/{(await client.post('/exercises', json=BODY)).json()['id']}"
    writes: list[tuple[str, str, dict[str, object] | None, int]] = [
        ("POST", "/exercises", dict(BODY), 201),
        ("PATCH", url, {"sets": 9}, 200),
        ("PATCH", url, {"sets": 9}, 200),
        ("DELETE", url, None, 204),
        ("DELETE", f"/admin{last}", None, 204),
    ]
    for method, path, body, status in writes:
        tag = await tag_of(client, "", admin)
        assert (await client.request(method, path, json=body, headers=admin)).status_code == status
        assert (await client.get("/exercises", headers={**admin, "If-None-Match": tag})).status_code == 200
        seen.append(tag)
    assert len(set(seen)) == len(seen)


async def test_a_tag_holds_while_only_other_routines_change(
    client: httpx.AsyncClient, make_client: MakeClient, make_user: MakeUser
) -> None:
    anna, ben, root = await make_user("anna"), await make_user("ben"), await make_user("root", role="admin")
    private = await make_client(access="private")
    tags = [await tag_of(private, query, anna) for query in ("", "?page=2")]
    everything = await tag_of(private, "?scope=all", root)
    assert (await private.post("/exercises", json=BODY, headers=ben)).status_code == 201
    assert (await client.post("/exercises", json=BODY)).status_code == 201
    assert [await tag_of(private, query, anna) for query in ("", "?page=2")] == tags
    assert await tag_of(private, "?scope=all", root) != everything


async def test_a_tag_holds_when_nothing_was_written(client: httpx.AsyncClient, sql: asyncpg.Connection) -> None:
    (exercise,) = await fill(sql, 1)
    tag = await tag_of(client)
    url = f"/exercises/{exercise}"
    assert (await client.post("/exercises", json=BODY | {"sets": 0})).status_code == 422
    assert (await client.patch(url, json={})).status_code == 200
    assert (await client.patch(url, json={"sets": 9}, headers={"If-Match": '"0.0"'})).status_code == 412
    assert (await client.delete(url, headers={"If-Match": '"0.0"'})).status_code == 412
    assert (await client.delete("/exercises/2147483647")).status_code == 404
    with pytest.raises(asyncpg.CheckViolationError):
        await sql.execute("UPDATE exercises SET sets = 0")
    assert await tag_of(client) == tag
