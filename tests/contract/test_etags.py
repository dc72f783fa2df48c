"""Contract §7.4, and its lines in §3.4: entity tags of `GET /exercises`."""

import re
from collections.abc import Callable

import httpx
import pytest

from tests.conftest import StartApi
from tests.contract.conftest import SQUAT, Add
from tests.contract.promises import promise
from tests.databases import sql
from tests.people import Person, log_in
from tests.processes import Api

WEAK_TAG = re.compile(r'W/"[0-9a-f]{64}"')
QUERIES: list[dict[str, object]] = [
    {},
    {"page": 2},
    {"page_size": 2},
    {"page_size": 3},
    {"sort_by": "name"},
    {"sort_by": "reps"},
    {"sort_order": "desc"},
    {"sort_by": "name", "sort_order": "desc"},
]


def tag_of(client: httpx.Client, **query: object) -> str:
    """The tag of a list."""
    tag: str = client.get("/exercises", params=query).headers["etag"]  # type: ignore[arg-type]
    return tag


def again(client: httpx.Client, tag: str, **query: object) -> httpx.Response:
    """Ask for a list of which `tag` is known."""
    return client.get("/exercises", params=query, headers={"If-None-Match": tag})  # type: ignore[arg-type]


@promise("7.4-first", "7.4-weak", "7.4-hash", "3.4-list-etag")
@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_first_request_gets_a_weak_tag_of_a_sha256(client: httpx.Client, query: dict[str, object]) -> None:
    answer = client.get("/exercises", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200
    assert WEAK_TAG.fullmatch(answer.headers["etag"])


@promise(
    "3.4-list-if-none-match", "3.4-not-modified-body", "3.4-not-modified-headers", "7.4-unchanged", "7.4-bandwidth"
)
@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_tag_that_still_holds_gets_headers_alone(
    client: httpx.Client, empty: None, add: Add, query: dict[str, object]
) -> None:
    add()
    tag = tag_of(client, **query)
    answer = client.get(
        "/exercises",
        params=query,  # type: ignore[arg-type]
        headers={"If-None-Match": tag, "X-Trace-Id": "not-modified"},
    )
    assert answer.status_code == 304
    assert answer.content == b""
    assert "content-type" not in answer.headers
    assert answer.headers["etag"] == tag
    assert answer.headers["x-total-count"] == "1"
    assert answer.headers["x-request-id"] == "not-modified"
    assert re.fullmatch(r"\d+\.\d{2}ms", answer.headers["x-response-time"])


@promise("7.4-example")
def test_the_example_of_the_contract_holds(client: httpx.Client) -> None:
    first = client.get("/exercises?page=1&page_size=3")
    assert (first.status_code, first.json()["page_size"]) == (200, 3)
    second = client.get("/exercises?page=1&page_size=3", headers={"If-None-Match": first.headers["etag"]})
    assert (second.status_code, second.content) == (304, b"")


@promise("7.4-unchanged")
def test_a_tag_is_found_among_others_strong_or_weak(client: httpx.Client) -> None:
    tag = tag_of(client)
    for known in (f'"other", {tag}', f'{tag} , W/"other"', tag.removeprefix("W/"), "*"):
        assert again(client, known).status_code == 304, known
    for unknown in ('"other"', f'W/"{"0" * 64}"', tag.strip('W/"'), "W/*", ""):
        assert again(client, unknown).status_code == 200, unknown


def post(client: httpx.Client, exercise: int) -> httpx.Response:
    return client.post("/exercises", json=SQUAT)


def patch(client: httpx.Client, exercise: int) -> httpx.Response:
    return client.patch(f"/exercises/{exercise}", json={"reps": 6})


def delete(client: httpx.Client, exercise: int) -> httpx.Response:
    return client.delete(f"/exercises/{exercise}")


def admin_delete(client: httpx.Client, exercise: int) -> httpx.Response:
    return client.delete(f"/admin/exercises/{exercise}", headers=log_in(client, "admin").headers)


@promise("7.4-changed", "7.4-hash")
@pytest.mark.parametrize("write", [post, patch, delete, admin_delete])
def test_after_any_write_the_old_tag_gets_the_new_data_and_another_tag(
    client: httpx.Client, empty: None, add: Add, write: Callable[[httpx.Client, int], httpx.Response]
) -> None:
    exercise = add()
    before = client.get("/exercises")
    written = write(client, int(str(exercise["id"])))
    assert written.is_success, written.text
    after = again(client, before.headers["etag"])
    assert after.status_code == 200
    assert after.json() != before.json()
    assert after.json() == client.get("/exercises").json()
    assert after.headers["etag"] not in (before.headers["etag"], "")
    assert again(client, after.headers["etag"]).status_code == 304


@promise("7.4-changed")
def test_a_write_past_the_api_changes_the_tag_too(client: httpx.Client, api: Api, empty: None, add: Add) -> None:
    add()
    tag = tag_of(client)
    sql(api.variables["DATABASE_URL"], "UPDATE exercises SET reps = 7")
    answer = again(client, tag)
    assert (answer.status_code, answer.json()["items"][0]["reps"]) == (200, 7)


@promise("7.4-changed", "7.4-hash")
def test_a_tag_never_comes_back_for_other_data(client: httpx.Client, empty: None, add: Add) -> None:
    seen: dict[str, object] = {}
    for _ in range(5):
        exercise = add()
        for fields in ({"reps": 6}, {"reps": 5}, {"weight": 10}, {"weight": None}):
            client.patch(f"/exercises/{exercise['id']}", json=fields)
            answer = client.get("/exercises")
            assert seen.setdefault(answer.headers["etag"], answer.json()) == answer.json()
        client.delete(f"/exercises/{exercise['id']}")
    assert len(seen) == 20


@promise("7.4-deterministic")
def test_the_same_data_has_the_same_tag_each_time_on_each_replica(
    client: httpx.Client, api: Api, start_api: StartApi
) -> None:
    with start_api(beside=api).client() as replica:
        for query in QUERIES:
            tags = {tag_of(caller, **query) for caller in (client, replica, client, replica)}
            assert len(tags) == 1
            assert again(replica, tags.pop(), **query).status_code == 304


@promise("7.4-per-query")
def test_other_parameters_have_other_tags(client: httpx.Client, empty: None, add: Add, admin: Person) -> None:
    add()
    tags = [tag_of(client, **query) for query in QUERIES]
    tags.append(client.get("/exercises", params={"scope": "all"}, headers=admin.headers).headers["etag"])
    assert len(set(tags)) == len(tags)
    assert again(client, tags[0], **QUERIES[1]).status_code == 200


@promise("7.4-json-only")
def test_csv_has_no_tag_and_is_always_sent(client: httpx.Client, empty: None, add: Add) -> None:
    add()
    known = f"{tag_of(client)}, {tag_of(client, format='json')}"
    answer = again(client, known, format="csv")
    assert answer.status_code == 200
    assert "etag" not in answer.headers
    assert "Squat" in answer.text
    assert again(client, "*", format="csv").status_code == 200
