"""A real API in `private` mode: everybody has a routine of their own."""

from collections.abc import Callable
from time import time

import httpx
import pytest
from packages.tracker_client.tests.conftest import FILL, SECRET, Connect

from tests.contract.tokens import claims, header, sign
from tests.databases import sql
from tests.people import Person, change_account
from tests.processes import Api
from tracker_client import Refused


def log_out(client: httpx.Client, person: Person) -> None:
    """End a session."""
    assert client.post("/auth/logout", headers=person.headers).status_code == 204


async def test_everybody_gets_their_own(private_api: Api, connect: Connect, anna: Person) -> None:
    client = connect(private_api)
    assert await client.exercises() == []
    found = await client.exercises(token=anna.access_token)
    assert [exercise.name for exercise in found] == ["Exercise 1", "Exercise 2", "Exercise 3"]
    assert await client.exercise(found[0].id, token=anna.access_token) == found[0]
    with pytest.raises(Refused, match="^404: "):
        await client.exercise(found[0].id)


async def test_a_service_reads_every_routine_and_a_person_does_not(
    private_api: Api, connect: Connect, anna: Person
) -> None:
    client = connect(private_api)
    mine = await client.exercises(token=anna.access_token)
    every = await client.exercises(scope="all")
    assert {exercise.id for exercise in mine} < {exercise.id for exercise in every}
    with pytest.raises(Refused, match="^403: "):
        await client.exercises(scope="all", token=anna.access_token)


async def test_without_a_token_nothing_is_read(private_api: Api, connect: Connect) -> None:
    client = connect(private_api, credentials=None)
    with pytest.raises(Refused, match="^401: Not authenticated$"):
        await client.exercises()
    assert not await client.lets_anybody_read()
    assert await client.is_healthy()


async def test_our_own_account_is_not_how_anybody_reads(private_api: Api, connect: Connect, anna: Person) -> None:
    client = connect(private_api)
    assert not await client.lets_anybody_read()
    assert (await client.forward("/exercises", "", {})).status_code == 401
    answer = await client.forward("/exercises", "page_size=2", {}, anna.access_token)
    assert (answer.status_code, len(answer.json()["items"])) == (200, 2)


async def test_a_token_given_wins_over_one_among_the_headers(private_api: Api, connect: Connect, anna: Person) -> None:
    headers = {"Authorization": "Bearer x"}
    assert (await connect(private_api).forward("/auth/me", "", headers, anna.access_token)).status_code == 200


async def test_what_tokens_mean(private_api: Api, connect: Connect, anna: Person, admin: Person) -> None:
    client = connect(private_api)
    found = await client.introspect(anna.access_token)
    assert (found.active, found.sub, found.role) == (True, anna.username, "user")
    assert found.exp is not None
    assert (await client.introspect(admin.access_token)).role == "admin"


@pytest.mark.parametrize("token", ["", "x", "x.y.z", "x\r\ny", "\0", "\u20ac", "x" * 4096, "x" * 5000])
async def test_what_is_no_token_means_nothing(private_api: Api, connect: Connect, token: str) -> None:
    found = await connect(private_api).introspect(token)
    assert (found.active, found.sub, found.role, found.exp) == (False, None, None, None)


async def test_a_refresh_token_and_an_ended_session_mean_nothing(
    private_api: Api, connect: Connect, anna: Person, people: httpx.Client
) -> None:
    client = connect(private_api)
    assert not (await client.introspect(anna.refresh_token)).active
    log_out(people, anna)
    assert not (await client.introspect(anna.access_token)).active


async def test_an_expired_token_means_nothing(private_api: Api, connect: Connect, anna: Person) -> None:
    head, body = header(anna.access_token), claims(anna.access_token)
    for life, active in ((60, True), (-60, False)):
        token = sign(head, body | {"exp": int(time()) + life}, SECRET)
        assert (await connect(private_api).introspect(token)).active is active


async def test_a_disabled_account_means_nothing(
    private_api: Api, connect: Connect, anna: Person, admin: Person, people: httpx.Client
) -> None:
    change_account(people, admin, anna.username, disabled=True)
    assert not (await connect(private_api).introspect(anna.access_token)).active


async def test_only_a_service_may_ask_what_tokens_mean(private_api: Api, connect: Connect, anna: Person) -> None:
    with pytest.raises(Refused, match="^401: "):
        await connect(private_api, credentials=None).introspect(anna.access_token)


@pytest.fixture
def rows(private_api: Api, anna: Person) -> Callable[[int], None]:
    """`rows(382)`: Anna has so many exercises in all."""

    def fill(count: int) -> None:
        sql(private_api.variables["DATABASE_URL"], FILL, anna.username, count - 3)

    return fill


@pytest.mark.parametrize("count", [199, 200, 201, 382, 400, 401])
async def test_every_page_is_read_in_the_order_of_ids(
    private_api: Api, connect: Connect, anna: Person, rows: Callable[[int], None], count: int
) -> None:
    rows(count)
    client = connect(private_api)
    ids = [exercise.id for exercise in await client.exercises(token=anna.access_token)]
    assert len(ids) == count
    assert ids == sorted(set(ids))
    assert set(ids) <= {exercise.id for exercise in await client.exercises(scope="all")}
