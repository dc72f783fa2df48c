"""Many who come at once with one token: the API is asked once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from packages.tracker_client.tests.scripted import Reply, Request, Scripted
from starlette.requests import Request as Question

from ai_coach.edge.callers import ASKING_AT_A_TIME, Caller, Callers
from ai_coach.edge.errors import ApiUnreachable
from runtime.problems import NotAuthenticated
from tracker_client import Credentials, Retries, TrackerClient

pytestmark = pytest.mark.anyio

COACH = Credentials("ai-coach", lambda: "the coach's password")
PATH = "/auth/introspect"


def known(request: Request) -> Reply:
    """A token says in this API who it is of."""
    return Reply({"active": True, "sub": request.body.decode().split('"')[3], "role": "user"})


@pytest.fixture
async def callers(server: Scripted) -> AsyncIterator[Callers]:
    """Who asks it."""
    once = Retries(attempts=1)
    async with TrackerClient(server.url, user_agent="tests", credentials=COACH, timeout=60.0, retries=once) as tracker:
        yield Callers(tracker, 60.0, token_needed=True)


def identify(callers: Callers, token: str) -> "asyncio.Task[Caller]":
    """Begin to."""
    headers = [(b"authorization", f"Bearer {token}".encode())]
    scope = {"type": "http", "headers": headers, "client": ("192.0.2.1", 1)}
    return asyncio.create_task(callers.identify(Question(scope)))


async def test_each_token_is_asked_about_once(server: Scripted, callers: Callers) -> None:
    is_asked, may_answer = asyncio.Event(), asyncio.Event()

    async def answer(request: Request) -> Reply:
        is_asked.set()
        await may_answer.wait()
        return known(request)

    server.on(PATH, answer)
    leaves = identify(callers, "anna")
    await is_asked.wait()
    asking = [identify(callers, name) for name in ("anna", "ben") * 10]
    await asyncio.sleep(0)
    leaves.cancel()
    may_answer.set()
    assert [caller.name for caller in await asyncio.gather(*asking)] == ["anna", "ben"] * 10
    assert len(server.asked(PATH)) == 2
    assert leaves.cancelled()


@pytest.mark.parametrize(
    ("said", "raised"), [(Reply({"active": False}), NotAuthenticated), (Reply(status=503), ApiUnreachable)]
)
async def test_what_fails_fails_for_all_and_is_tried_again(
    server: Scripted, callers: Callers, said: Reply, raised: type[Exception]
) -> None:
    async def answer(request: Request) -> Reply:
        return known(request)

    server.on(PATH, said, answer)
    failed = await asyncio.gather(*(identify(callers, "anna") for _ in range(5)), return_exceptions=True)
    assert [type(one) for one in failed] == [raised] * 5
    assert (await identify(callers, "anna")).name == "anna"
    assert len(server.asked(PATH)) == 2


async def test_many_tokens_are_asked_about_a_few_at_a_time(server: Scripted, callers: Callers) -> None:
    now = most = 0

    async def answer(request: Request) -> Reply:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        return known(request)

    server.on(PATH, answer)
    asking = [identify(callers, f"user-{number}") for number in range(64)]
    assert [caller.name for caller in await asyncio.gather(*asking)] == [f"user-{number}" for number in range(64)]
    assert most <= ASKING_AT_A_TIME


async def test_with_an_api_that_is_silent_nobody_waits_in_turn(server: Scripted) -> None:
    never = asyncio.Event()

    async def silent(request: Request) -> Reply:
        await never.wait()
        return known(request)

    server.on(PATH, silent)
    async with TrackerClient(
        server.url, user_agent="tests", credentials=COACH, timeout=0.5, retries=Retries(attempts=1)
    ) as tracker:
        callers = Callers(tracker, 0.5, token_needed=True)
        asking = [identify(callers, f"user-{number}") for number in range(64)]
        failed = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(one) for one in failed} == {ApiUnreachable}
    assert len(server.asked(PATH)) < 32, "who has waited for as long as for an answer does not ask any more"
