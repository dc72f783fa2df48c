"""A routine that is read again: kept as long as the API says so, to whoever may read it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from packages.tracker_client.tests.scripted import Reply, Request, Scripted, page

from ai_coach.coach import context
from ai_coach.coach.context import ContextReader
from ai_coach.edge.callers import Caller
from ai_coach.edge.errors import ApiUnreachable
from runtime.problems import NotAuthenticated
from tracker_client import Retries, TrackerClient

pytestmark = pytest.mark.anyio

UNCHANGED = Reply(b"", status=304)
ANNA, BOB, EVE = (Caller(name, "user", f"token-of-{name}") for name in ("anna", "bob", "eve"))


@pytest.fixture
async def reader(server: Scripted) -> AsyncIterator[ContextReader]:
    """Who reads from it."""
    async with TrackerClient(server.url, user_agent="tests", timeout=60.0, retries=Retries(attempts=1)) as tracker:
        yield ContextReader(tracker, 60.0)


async def ids(reader: ContextReader, caller: Caller) -> list[int]:
    """Of the lines of their routine."""
    return [line.id for line in await reader.routine(caller)]


def tags(server: Scripted) -> list[tuple[str, str]]:
    """(token, entity tag) of each reading."""
    asked = server.asked("/exercises")
    return [(one.headers["authorization"][7:], one.headers.get("if-none-match", "")) for one in asked]


async def test_the_api_is_asked_each_time_and_says_it_only_once(server: Scripted, reader: ContextReader) -> None:
    server.on("/exercises", page(1, 2, etag='"a"'), UNCHANGED, page(3, etag='"b"'), UNCHANGED)
    assert [await ids(reader, ANNA) for _ in range(4)] == [[1, 2], [1, 2], [3], [3]]
    assert [tag for _, tag in tags(server)] == ["", '"a"', '"a"', '"b"']


async def test_nobody_is_given_what_another_token_has_read(server: Scripted, reader: ContextReader) -> None:
    async def answer(request: Request) -> Reply:
        is_annas = request.headers["authorization"].endswith("anna")
        mine = page(1, etag='"a"') if is_annas else page(2, etag='"b"')
        return UNCHANGED if request.headers.get("if-none-match") == mine.headers["ETag"] else mine

    server.on("/exercises", answer)
    both = [tuple(await asyncio.gather(ids(reader, ANNA), ids(reader, BOB))) for _ in range(3)]
    assert both == [([1], [2])] * 3
    assert set(tags(server)) == {(BOB.token, ""), (ANNA.token, ""), (ANNA.token, '"a"'), (BOB.token, '"b"')}


async def test_what_is_kept_is_for_nobody_whom_the_api_refuses(server: Scripted, reader: ContextReader) -> None:
    server.on("/exercises", page(1, etag='"a"'), Reply(status=401), Reply(status=503), UNCHANGED)
    assert await ids(reader, ANNA) == [1]
    with pytest.raises(NotAuthenticated):
        await ids(reader, ANNA)
    with pytest.raises(ApiUnreachable):
        await ids(reader, ANNA)
    assert await ids(reader, ANNA) == [1]


async def test_only_so_many_routines_are_kept(
    server: Scripted, reader: ContextReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "MAX_KEPT", 2)
    monkeypatch.setattr(context, "MAX_LINES_KEPT", 3)
    server.on("/exercises", page(1, 2, 3, etag='"a"'))
    for caller in (ANNA, BOB, EVE, ANNA, EVE):
        await ids(reader, caller)
    assert [tag for _, tag in tags(server)] == ["", "", "", "", '"a"']
    server.on("/exercises", page(1, 2, 3, 4, etag='"b"'))
    for _ in range(2):
        await ids(reader, EVE)
    assert [tag for _, tag in tags(server)][-2:] == ['"a"', ""], "a long one is not kept, nor the one before it"


async def test_a_token_reads_once_at_a_time(server: Scripted, reader: ContextReader) -> None:
    is_reading, may_answer = asyncio.Event(), asyncio.Event()

    async def answer(_: Request) -> Reply:
        is_reading.set()
        await may_answer.wait()
        return page(1)

    server.on("/exercises", answer)
    first = asyncio.create_task(ids(reader, ANNA))
    await is_reading.wait()
    later = [asyncio.create_task(ids(reader, ANNA)) for _ in range(20)]
    is_reading.clear()
    another = asyncio.create_task(ids(reader, BOB))
    await is_reading.wait()
    assert [token for token, _ in tags(server)] == [ANNA.token, BOB.token], "who comes later waits, for one reading"
    may_answer.set()
    assert await asyncio.gather(first, another, *later) == [[1]] * 22
    assert [token for token, _ in tags(server)] == [ANNA.token, BOB.token, ANNA.token]
