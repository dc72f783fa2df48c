"""What a question costs before anybody is asked: as little as it can."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from inspect import iscoroutinefunction

import pytest
import redis.asyncio
from pydantic_ai import capture_run_messages

from ai_coach.coach.context import READING_AT_A_TIME, ContextReader
from ai_coach.coach.insights import Line
from ai_coach.edge.callers import Caller
from ai_coach.edge.dependencies import known, services
from fake_llm import FakeProvider
from services.ai_coach.tests.conftest import CLAUDE, MakeCoach, WriteRoutine
from tracker_client import TrackerClient

pytestmark = pytest.mark.anyio

PAGE = json.dumps({"page": 1, "page_size": 200, "total": 0, "items": []}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(PAGE), PAGE)
QUESTION = {"message": "How do I do a squat?"}


async def insights_read(kept: redis.asyncio.Redis) -> int:
    """How often since the last time."""
    found = await kept.info("commandstats")
    await kept.config_resetstat()
    return int(found.get("cmdstat_mget", {}).get("calls", 0))


async def test_insights_are_read_for_language_models_alone(
    make_coach: MakeCoach, write_routine: WriteRoutine, kept: redis.asyncio.Redis, fake: FakeProvider
) -> None:
    await write_routine(("Bench Press", 4, 8, 80.0))
    by_rules, by_model = await make_coach(model="rules"), await make_coach(model=CLAUDE)
    await insights_read(kept)
    read = []
    for coach, source in ((by_rules, "rules"), (by_rules, "cache"), (by_model, "llm"), (by_model, "cache")):
        answer = (await coach.post("/chat", json=QUESTION)).json()
        assert (answer["source"], answer["context_used"]) == (source, True)
        read.append(await insights_read(kept))
    assert read == [0, 0, 1, 0]


async def test_rules_need_no_agent(make_coach: MakeCoach, write_routine: WriteRoutine, fake: FakeProvider) -> None:
    await write_routine(("Bench Press", 4, 8, 80.0))
    by_rules, by_model = await make_coach(model="rules"), await make_coach(model=CLAUDE)
    for coach, is_asked in ((by_rules, False), (by_model, True)):
        with capture_run_messages() as messages:
            assert (await coach.post("/chat", json=QUESTION)).status_code == 200
        assert bool(messages) is is_asked


class Api:
    """Answers every page with an empty one when it may, and counts connections and requests."""

    def __init__(self) -> None:
        self.connections = self.requests = 0
        self.may_answer, self.is_busy = asyncio.Event(), asyncio.Event()

    async def __call__(self, question: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while await question.readline():
            await question.readuntil(b"\r\n\r\n")
            self.requests += 1
            if self.requests == READING_AT_A_TIME:
                self.is_busy.set()
            await self.may_answer.wait()
            answer.write(ANSWER)
        answer.close()

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[ContextReader]:
        """Somebody who reads from it."""
        server = await asyncio.start_server(self, "127.0.0.1", 0)
        url = "http://{}:{}".format(*server.sockets[0].getsockname())
        async with TrackerClient(url, user_agent="tests", timeout=60.0) as tracker:
            yield ContextReader(tracker, 60.0)
        server.close()


def ask(reader: ContextReader, token: str) -> "asyncio.Task[tuple[Line, ...]]":
    return asyncio.create_task(reader.routine(Caller("anna", "user", token)))


async def test_many_who_ask_at_once_share_few_connections() -> None:
    api = Api()
    api.may_answer.set()
    async with api.reader() as reader:
        assert await asyncio.gather(*(ask(reader, f"token-{number}") for number in range(64))) == [()] * 64
    assert (api.requests, api.connections) == (64, READING_AT_A_TIME)


async def test_a_reading_that_has_not_begun_is_for_all_who_ask_for_it() -> None:
    api = Api()
    async with api.reader() as reader:
        begun = [ask(reader, f"token-{number}") for number in range(READING_AT_A_TIME)]
        await api.is_busy.wait()
        later = [ask(reader, "token-0") for _ in range(20)]
        left = ask(reader, "token-0")
        await asyncio.sleep(0)
        left.cancel()
        api.may_answer.set()
        assert await asyncio.gather(*begun, *later) == [()] * (READING_AT_A_TIME + 20)
        assert api.requests == READING_AT_A_TIME + 1, "one that had begun may have missed a change"
        await ask(reader, "token-0")
        assert api.requests == READING_AT_A_TIME + 2
    assert left.cancelled()


def test_no_dependency_takes_a_thread() -> None:
    assert all(map(iscoroutinefunction, (services, known))), "FastAPI calls plain functions in threads"
