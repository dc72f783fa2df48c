"""A routine that is read again by whoever knows its entity tag."""

import httpx
import pytest
from packages.tracker_client.tests.conftest import FILL, Connect
from packages.tracker_client.tests.scripted import Reply, Scripted, page

from tests.databases import sql
from tests.people import Person, new_person
from tests.processes import Api
from tracker_client import Unreachable


@pytest.mark.parametrize("more", [0, 250])
async def test_what_has_not_changed_is_not_sent_again(
    private_api: Api, connect: Connect, anna: Person, more: int
) -> None:
    client, token, database = connect(private_api), anna.access_token, private_api.variables["DATABASE_URL"]
    sql(database, FILL, anna.username, more)
    first = await client.exercises_unless("", token=token)
    assert first
    assert len(first.exercises) == 3 + more
    assert await client.exercises_unless(first.etag, token=token) is None
    sql(database, "UPDATE exercises SET reps = 9 WHERE id = $1", first.exercises[-1].id)
    second = await client.exercises_unless(first.etag, token=token)
    assert second
    assert (second.exercises[-1].reps, second.etag != first.etag) == (9, True)


async def test_a_tag_is_worth_nothing_to_somebody_else(
    private_api: Api, connect: Connect, people: httpx.Client, admin: Person, anna: Person
) -> None:
    client, bob = connect(private_api), new_person(people, admin)
    annas = await client.exercises_unless("", token=anna.access_token)
    assert annas
    bobs = await client.exercises_unless(annas.etag, token=bob.access_token)
    assert bobs
    assert bobs.exercises == []


async def test_it_takes_one_request_however_many_pages_there_are(server: Scripted, connect: Connect) -> None:
    server.on("/exercises", Reply(b"", status=304))
    assert await connect(server).exercises_unless('W/"7"') is None
    assert [request.headers["if-none-match"] for request in server.asked("/exercises")] == ['W/"7"']


async def test_whoever_knows_no_tag_is_never_told_that_nothing_changed(server: Scripted, connect: Connect) -> None:
    server.on("/exercises", Reply(b"", status=304))
    with pytest.raises(Unreachable):
        await connect(server).exercises()


async def test_without_a_tag_nothing_is_remembered_as_one(server: Scripted, connect: Connect) -> None:
    server.on("/exercises", Reply({"page": 1, "page_size": 200, "total": 0, "items": []}), page(1))
    found = await connect(server).exercises_unless("")
    assert found == ([], "")
