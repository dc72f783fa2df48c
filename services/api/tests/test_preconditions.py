"""Conditional requests: what a tag in If-Match and If-None-Match means, alone and over HTTP."""

from asyncio import gather, sleep
from collections import Counter
from typing import Any

import asyncpg
import httpx
import pytest

from api.edge.preconditions import PreconditionFailed, is_fresh, require

pytestmark = pytest.mark.anyio

WEAK, STRONG = 'W/"a1"', '"7.3"'
DETAIL = "The exercise has changed since you read it: read it again, then decide"


@pytest.mark.parametrize(
    ("header", "tag", "fresh"),
    [
        (None, WEAK, False),
        ("", WEAK, False),
        ("*", WEAK, True),
        (" * ", WEAK, True),
        ('W/"a1"', WEAK, True),
        ('"a1"', WEAK, True),
        (' W/"a1" ', WEAK, True),
        ('"b", W/"a1"', WEAK, True),
        ('W/"a1","b"', WEAK, True),
        ('"x", "y",  "a1"', WEAK, True),
        ('"b", W/"c"', WEAK, False),
        ("a1", WEAK, False),
        ("W/a1", WEAK, False),
        ('"A1"', WEAK, False),
        ('"a"', WEAK, False),
        ('"a1 "', WEAK, False),
        ('"xa1"', WEAK, False),
        ('""', WEAK, False),
        ('""', '""', True),
        ('"*"', WEAK, False),
        ('"7.3"', STRONG, True),
        ('W/"7.3"', STRONG, True),
        ('"7.30"', STRONG, False),
        ('"a,b"', '"a,b"', True),
        ('"x", "a,b"', 'W/"a,b"', True),
        ('"\x80\xff"', '"\x80\xff"', True),
        ('"!#~"', '"!#~"', True),
    ],
)
def test_if_none_match_holds_when_any_tag_is_the_same_weak_or_strong(header: str | None, tag: str, fresh: bool) -> None:
    assert is_fresh(header, tag) is fresh


@pytest.mark.parametrize(
    "header", [None, "*", " *", '"7.3"', ' "7.3" ', '"1.1", "7.3"', '"7.3","1.1"', 'W/"1.1", "7.3"', 'W/"7.3", "7.3"']
)
def test_if_match_holds(header: str | None) -> None:
    require(header, STRONG)


@pytest.mark.parametrize(
    "header", ["", '"7.2"', 'W/"7.3"', '"7.33"', '"1.1", "2.2"', "7.3", '"7.3', '"*"', 'w/"7.4"', '"7.2", W/"7.3"', ","]
)
def test_if_match_fails_for_another_tag_or_a_weak_one(header: str) -> None:
    with pytest.raises(PreconditionFailed) as caught:
        require(header, STRONG)
    assert (caught.value.status, caught.value.detail) == (412, DETAIL)
    assert caught.value.kind == "urn:problem:precondition-failed"


async def add(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.post("/exercises", json={"name": "Squat", "sets": 3, "reps": 5})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


@pytest.fixture(params=["PATCH", "DELETE"])
def method(request: pytest.FixtureRequest) -> str:
    """Both ways to write that take If-Match."""
    return str(request.param)


async def send(client: httpx.AsyncClient, method: str, exercise: int, if_match: str) -> httpx.Response:
    body = {"sets": 9} if method == "PATCH" else None
    return await client.request(method, f"/exercises/{exercise}", json=body, headers={"If-Match": if_match})


@pytest.mark.parametrize("form", ["{}", "*", '"0.0", {}', "{},W/{}"])
async def test_a_write_goes_through_when_the_tag_holds(client: httpx.AsyncClient, method: str, form: str) -> None:
    exercise = (await add(client))["id"]
    answer = await send(client, method, exercise, form.format(f'"{exercise}.1"', f'"{exercise}.1"'))
    assert answer.status_code == (200 if method == "PATCH" else 204)
    left = await client.get(f"/exercises/{exercise}")
    assert (left.status_code == 404) if method == "DELETE" else (left.json()["sets"] == 9)


@pytest.mark.parametrize("form", ['"{}.2"', '"{}.0"', 'W/"{}.1"', '"0.1"', "{}.1", '"{}.11"', '"{}"'])
async def test_a_write_is_refused_when_the_tag_does_not_hold(client: httpx.AsyncClient, method: str, form: str) -> None:
    exercise = await add(client)
    tag = (await client.get("/exercises")).headers["etag"]
    answer = await send(client, method, exercise["id"], form.format(exercise["id"]))
    assert (answer.status_code, answer.headers["content-type"]) == (412, "application/problem+json")
    assert (answer.json()["detail"], answer.json()["title"]) == (DETAIL, "Precondition Failed")
    assert answer.json()["type"] == "urn:problem:precondition-failed"
    left = await client.get(f"/exercises/{exercise['id']}")
    assert (left.json(), left.headers["etag"]) == (exercise, f'"{exercise["id"]}.1"')
    assert (await client.get("/exercises")).headers["etag"] == tag


async def test_what_is_gone_is_not_found_whatever_the_tag(client: httpx.AsyncClient, method: str) -> None:
    exercise = (await add(client))["id"]
    assert (await client.delete(f"/exercises/{exercise}")).status_code == 204
    for if_match in (f'"{exercise}.1"', '"0.0"', "*"):
        assert (await send(client, method, exercise, if_match)).status_code == 404


@pytest.mark.parametrize("by", ["the API", "another writer"])
async def test_a_tag_holds_until_somebody_writes(
    client: httpx.AsyncClient, sql: asyncpg.Connection, method: str, by: str
) -> None:
    exercise = (await add(client))["id"]
    old = (await client.get(f"/exercises/{exercise}")).headers["etag"]
    if by == "the API":
        new = (await client.patch(f"/exercises/{exercise}", json={"reps": 6})).headers["etag"]
    else:
        await sql.execute("UPDATE exercises SET reps = 6 WHERE id = $1", exercise)
        new = (await client.get(f"/exercises/{exercise}")).headers["etag"]
    assert (old, new) == (f'"{exercise}.1"', f'"{exercise}.2"')
    assert (await send(client, method, exercise, old)).status_code == 412
    assert (await send(client, method, exercise, new)).is_success


async def test_a_stale_change_of_nothing_is_refused_too(client: httpx.AsyncClient) -> None:
    exercise = (await add(client))["id"]
    answer = await client.patch(f"/exercises/{exercise}", json={}, headers={"If-Match": '"0.0"'})
    assert answer.status_code == 412
    answer = await client.patch(f"/exercises/{exercise}", json={}, headers={"If-Match": f'"{exercise}.1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, f'"{exercise}.1"')


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ('"{}.1"', 304),
        ('W/"{}.1"', 304),
        ("*", 304),
        ('"x", "{}.1"', 304),
        ('"{}.2"', 200),
        ('"{}"', 200),
        ("{}.1", 200),
        ("", 200),
    ],
)
async def test_an_exercise_is_sent_again_only_when_it_has_changed(
    client: httpx.AsyncClient, form: str, status: int
) -> None:
    exercise = await add(client)
    url, tag = f"/exercises/{exercise['id']}", f'"{exercise["id"]}.1"'
    answer = await client.get(url, headers={"If-None-Match": form.format(exercise["id"])})
    assert answer.status_code == status
    assert answer.headers["etag"] == tag
    assert (answer.headers["cache-control"], answer.headers["vary"]) == ("private, no-cache", "Authorization")
    assert (answer.content == b"") if status == 304 else (answer.json() == exercise)
    await client.patch(url, json={"reps": 6})
    assert (await client.get(url, headers={"If-None-Match": tag})).status_code == 200


async def test_what_is_not_there_is_never_unchanged(client: httpx.AsyncClient) -> None:
    exercise = (await add(client))["id"]
    await client.delete(f"/exercises/{exercise}")
    for known in ("*", f'"{exercise}.1"'):
        assert (await client.get(f"/exercises/{exercise}", headers={"If-None-Match": known})).status_code == 404


async def test_of_a_hundred_writers_with_one_tag_one_wins(client: httpx.AsyncClient) -> None:
    exercise = (await add(client))["id"]
    url, headers = f"/exercises/{exercise}", {"If-Match": f'"{exercise}.1"'}

    async def write(n: int) -> httpx.Response:
        answer = await client.patch(url, json={"reps": n}, headers=headers)
        while answer.status_code == 503:  # a machine too slow for a hundred at once: what the answer says to do
            await sleep(0.05)
            answer = await client.patch(url, json={"reps": n}, headers=headers)
        return answer

    answers = await gather(*(write(n) for n in range(1, 101)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 99}
    (won,) = (answer for answer in answers if answer.status_code == 200)
    left = await client.get(url)
    assert (left.json(), left.headers["etag"]) == (won.json(), f'"{exercise}.2"')
