"""A walk over the pages of a routine that changes meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import asyncpg
import httpx
import pytest
from packages.tracker_client.tests.conftest import FILL, Connect
from packages.tracker_client.tests.scripted import Reply, Request, Scripted, page

from tests.people import Person
from tests.processes import Api
from tracker_client import TrackerClient, Unreachable

MINE = "(SELECT r.id FROM routines r JOIN users u ON u.id = r.owner_id WHERE u.username = $1)"
FIND = f"SELECT id FROM exercises WHERE routine_id = {MINE} ORDER BY id"
ADD = f"INSERT INTO exercises (routine_id, name, sets, reps, workout_day) VALUES ({MINE}, 'Another', 3, 5, 'A')"
REMOVE = f"DELETE FROM exercises WHERE id = (SELECT min(id) FROM exercises WHERE routine_id = {MINE})"
SHORTEN = f"DELETE FROM exercises WHERE routine_id = {MINE} AND name NOT LIKE 'Exercise 1__'"
EDIT = f"UPDATE exercises SET reps = 9 WHERE id = (SELECT max(id) FROM exercises WHERE routine_id = {MINE})"
KEPT = ("authorization", "if-none-match")
Change = Callable[[int], Awaitable[object]]


class Routine:
    """Anna's routine, which is changed behind the API's back."""

    def __init__(self, connection: asyncpg.Connection, owner: Person) -> None:
        self.connection = connection
        self.owner = owner

    async def change(self, *statements: str) -> None:
        """All at once: there is no moment in which only one of them is true."""
        async with self.connection.transaction():
            for statement in statements:
                await self.connection.execute(statement, self.owner.username)

    async def ids(self) -> list[int]:
        """What is there."""
        return [row["id"] for row in await self.connection.fetch(FIND, self.owner.username)]


@pytest.fixture
async def routine(private_api: Api, anna: Person, anyio_backend: object) -> AsyncIterator[Routine]:
    """Of 382 exercises."""
    connection = await asyncpg.connect(private_api.variables["DATABASE_URL"])
    await connection.execute(FILL, anna.username, 382 - 3)
    yield Routine(connection, anna)
    await connection.close()


@pytest.fixture
async def changing(
    private_api: Api, server: Scripted, anyio_backend: object
) -> AsyncIterator[Callable[[Change], None]]:
    """`changing(change)`: the server hands out what the API says, and `change(n)` happens after its n-th answer."""
    async with httpx.AsyncClient(base_url=private_api.url, timeout=30) as behind:

        def begin(change: Change) -> None:
            async def relay(request: Request) -> Reply:
                kept = {name: request.headers[name] for name in KEPT if name in request.headers}
                answer = await behind.get(request.target, headers=kept)
                await change(len(server.asked("/exercises")))
                return Reply(answer.content, answer.status_code, {"ETag": answer.headers["etag"]})

            server.on("/exercises", relay)

        yield begin


def pages(server: Scripted) -> list[str]:
    """The pages asked for; one with a mark that was asked for only if it has changed."""
    asked = server.asked("/exercises")
    numbers = [httpx.URL(request.target).params["page"] for request in asked]
    return [n + "?" * ("if-none-match" in request.headers) for n, request in zip(numbers, asked, strict=True)]


async def nothing(_: int) -> None:
    """No change."""


async def test_a_routine_at_rest_is_read_once(
    server: Scripted, connect: Connect, changing: Callable[[Change], None], routine: Routine
) -> None:
    changing(nothing)
    assert len(await connect(server).exercises(token=routine.owner.access_token)) == 382
    assert pages(server) == ["1", "2", "1?"]


async def test_one_page_needs_no_second_look(
    server: Scripted, connect: Connect, changing: Callable[[Change], None], routine: Routine
) -> None:
    await routine.change(SHORTEN)
    changing(nothing)
    assert len(await connect(server).exercises(token=routine.owner.access_token)) == 100
    assert pages(server) == ["1"]


@pytest.mark.parametrize("statements", [(REMOVE,), (ADD,), (REMOVE, ADD), (EDIT,)], ids=["-", "+", "-+", "edit"])
@pytest.mark.parametrize("when", [1, 2])
async def test_a_change_between_two_pages_is_noticed(
    server: Scripted,
    connect: Connect,
    changing: Callable[[Change], None],
    routine: Routine,
    statements: tuple[str, ...],
    when: int,
) -> None:
    async def change(answer: int) -> None:
        if answer == when:
            await routine.change(*statements)

    changing(change)
    found = await connect(server).exercises(token=routine.owner.access_token)
    assert [exercise.id for exercise in found] == await routine.ids()
    assert found[-1].reps == (9 if statements == (EDIT,) else 5)
    assert pages(server)[-3:] == ["1", "2", "1?"]
    assert len(pages(server)) in (5, 6)  # a total that does not fit needs no question whether it still holds


async def test_a_routine_that_never_rests_is_an_error(
    server: Scripted, connect: Connect, changing: Callable[[Change], None], routine: Routine
) -> None:
    async def change(_: int) -> None:
        await routine.change(REMOVE, ADD)

    changing(change)
    with pytest.raises(Unreachable, match="changed 5 times"):
        await connect(server).exercises(token=routine.owner.access_token)
    assert pages(server) == ["1", "2", "1?"] * 5


async def test_while_others_write_the_answer_is_of_one_moment(
    private_api: Api, connect: Connect, routine: Routine
) -> None:
    moments = [await routine.ids()]

    async def write() -> None:
        for _ in range(30):
            await routine.change(REMOVE, ADD)
            moments.append(await routine.ids())
            await asyncio.sleep(0.01)

    async def read(client: TrackerClient) -> list[list[int]]:
        found = []
        while not writing.done():
            with suppress(Unreachable):
                found.append([exercise.id for exercise in await client.exercises(token=routine.owner.access_token)])
        return found

    writing = asyncio.create_task(write())
    client = connect(private_api)
    readings = await asyncio.gather(*(read(client) for _ in range(3)))
    await writing
    assert [exercise.id for exercise in await client.exercises(token=routine.owner.access_token)] == moments[-1]
    assert all(one in moments for reading in readings for one in reading)


ENDLESS = [page(*range(1, 201), total=10**9), page(number=2, total=10**9)]


@pytest.mark.parametrize("answers", [[page(1, 2, total=3), page(total=3)], ENDLESS, [page(1, 2, total=1)]])
async def test_pages_that_do_not_add_up_are_an_error(server: Scripted, connect: Connect, answers: list[Reply]) -> None:
    server.on("/exercises", *answers * 5)
    with pytest.raises(Unreachable):
        await connect(server).exercises()
    assert len(server.asked("/exercises")) == len(answers) * 5


async def test_without_an_entity_tag_two_pages_cannot_be_told_to_fit(server: Scripted, connect: Connect) -> None:
    two = [page(1, total=2, etag=""), page(2, number=2, total=2, etag="")]
    server.on("/exercises", *[*two, two[0]] * 5)
    with pytest.raises(Unreachable):
        await connect(server).exercises()
