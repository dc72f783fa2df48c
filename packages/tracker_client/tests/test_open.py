"""A real API in `open` mode: one shared routine."""

import pytest
from packages.tracker_client.tests.conftest import Connect

from tests.conftest import StartApi
from tests.databases import sql
from tests.processes import Api
from tracker_client import Credentials, Refused, Unreachable

SAMPLE = 27


@pytest.mark.parametrize("credentials", [None, "ours"])
async def test_with_and_without_an_account_of_our_own(open_api: Api, connect: Connect, credentials: str | None) -> None:
    client = connect(open_api) if credentials else connect(open_api, credentials=None)
    found = await client.exercises()
    assert [exercise.id for exercise in found] == sorted({exercise.id for exercise in found})
    assert len(found) == SAMPLE
    assert await client.exercise(found[3].id) == found[3]


async def test_a_page_is_sorted_and_cut_as_asked(open_api: Api, connect: Connect) -> None:
    page = await connect(open_api).page(2, size=5, sort_by="name", sort_order="desc")
    every = await connect(open_api).exercises()
    assert [e.name for e in page.items] == sorted((e.name for e in every), reverse=True)[5:10]
    assert (page.page, page.page_size, page.total) == (2, 5, SAMPLE)


async def test_a_column_that_is_not_there_is_refused(open_api: Api, connect: Connect) -> None:
    with pytest.raises(Refused) as refused:
        await connect(open_api).page(sort_by="colour")
    assert refused.value.status == 400
    assert str(refused.value) == f"400: {refused.value.detail}"
    assert "sort_by" in refused.value.detail


async def test_an_exercise_that_is_not_there(open_api: Api, connect: Connect) -> None:
    with pytest.raises(Refused, match="^404: Exercise not found$"):
        await connect(open_api).exercise(2**31 - 1)


async def test_anybody_may_read(open_api: Api, connect: Connect) -> None:
    assert await connect(open_api, credentials=None).lets_anybody_read()


async def test_it_is_healthy(open_api: Api, connect: Connect) -> None:
    assert await connect(open_api).is_healthy()


@pytest.mark.parametrize("scope", ["own", "all"])
async def test_a_token_that_means_nothing_is_no_anonymous_caller(open_api: Api, connect: Connect, scope: str) -> None:
    with pytest.raises(Refused) as refused:
        await connect(open_api).exercises(token="x.y.z", scope=scope)  # type: ignore[arg-type]
    assert refused.value.status == 401


@pytest.mark.parametrize("token", ["", " ", "a b", "x\r\nX-Role: admin", "x\n", "\0", "\u20ac", "\ud800"])
async def test_a_token_that_cannot_be_sent_is_refused_like_any_other(
    open_api: Api, connect: Connect, slept: list[float], token: str
) -> None:
    for call in (connect(open_api).exercises(token=token), connect(open_api).forward("/exercises", "", {}, token)):
        with pytest.raises(Refused, match="^401: The token is malformed$"):
            await call
    assert slept == []


async def test_what_the_api_itself_says_of_letters_beyond_ascii(open_api: Api, connect: Connect) -> None:
    with pytest.raises(Refused) as refused:
        await connect(open_api).exercises(token="caf\u00e9")
    assert refused.value.status == 401
    assert (await connect(open_api).forward("/exercises", "", {}, "caf\u00e9")).status_code == 401


QUERIES: dict[str, int] = {
    "page_size=3": 200,
    "page_size=3&sort_by=name&sort_order=desc": 200,
    "page_size=3&x=%C3%A9%20%2B+a&y=&&=;'\"<>[]{}|\\^`": 200,
    "page_size=3&x=\u00e9 \u20ac\t\r\n\0": 200,
    "page_size=3#": 422,
    "page_size=3%": 422,
    "page_size=3&x=\ud800": 200,
    "sort_by=colour": 400,
}


@pytest.mark.parametrize("query", QUERIES)
async def test_forwarding_takes_any_query(open_api: Api, connect: Connect, query: str) -> None:
    answer = await connect(open_api).forward("/exercises", query, {})
    assert answer.status_code == QUERIES[query]
    if answer.status_code == 200:
        assert len(answer.json()["items"]) == 3


@pytest.mark.parametrize("query", ["x" * 70_000, "\u00e9" * 30_000])
async def test_a_query_that_is_too_long_is_refused(open_api: Api, connect: Connect, query: str) -> None:
    with pytest.raises(Refused, match="^400: "):
        await connect(open_api).forward("/exercises", query, {})


async def test_forwarding_keeps_the_condition_and_the_answer(open_api: Api, connect: Connect) -> None:
    client = connect(open_api)
    first = await client.forward("/exercises", "page_size=3", {"Accept": "application/json"})
    again = await client.forward("/exercises", "page_size=3", {"If-None-Match": first.headers["etag"]})
    other = await client.forward("/exercises", "page_size=3", {"If-None-Match": '"\u00e9"'})
    assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)
    assert again.content == b""


@pytest.mark.parametrize("value", ["\u20ac", "x\r\nX-Role: admin", "x\0"])
async def test_a_header_that_cannot_be_sent_is_refused(open_api: Api, connect: Connect, value: str) -> None:
    with pytest.raises(Refused, match="^400: ") as refused:
        await connect(open_api).forward("/exercises", "", {"If-None-Match": value})
    assert value not in str(refused.value)


async def test_wrong_password(open_api: Api, connect: Connect, slept: list[float]) -> None:
    client = connect(open_api, credentials=Credentials("worker", lambda: "not the password"))
    with pytest.raises(Refused, match="^401: "):
        await client.exercises()
    assert slept == []


async def test_the_address_may_have_a_slash_at_its_end(open_api: Api, connect: Connect) -> None:
    assert len(await connect(f"{open_api.url}/").exercises()) == SAMPLE


async def test_an_api_that_goes_and_comes_back_with_another_key(
    start_session_api: StartApi, accounts: str, connect: Connect, slept: list[float]
) -> None:
    api = start_session_api(API_SERVICE_ACCOUNTS_DIR=accounts, JWT_SECRET_KEY="1" * 32)
    client = connect(api)
    assert len(await client.exercises()) == SAMPLE
    api.kill()
    assert not await client.is_healthy()
    for call in (client.exercises, client.lets_anybody_read, lambda: client.introspect("x")):
        with pytest.raises(Unreachable):
            await call()
    assert len(slept) == 6  # three times between the tries of the two that try again
    api.variables["JWT_SECRET_KEY"] = "2" * 32  # the token that the client has is void
    api.start()
    assert len(await client.exercises()) == SAMPLE
    assert await client.is_healthy()
    assert len(sql(api.variables["DATABASE_URL"], "SELECT FROM sessions")) == 2
    assert len(slept) == 6
