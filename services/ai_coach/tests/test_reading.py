"""What a question costs before anybody is asked: as little as it can."""

import asyncio
import json
from inspect import iscoroutinefunction

import pytest
import redis.asyncio
from pydantic_ai import capture_run_messages

from ai_coach.coach.context import READING_AT_A_TIME, ContextReader
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


async def test_many_who_ask_at_once_share_few_connections() -> None:
    opened = 0

    async def serve(question: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        while await question.readline():
            await question.readuntil(b"\r\n\r\n")
            answer.write(ANSWER)
        answer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = "http://{}:{}".format(*server.sockets[0].getsockname())
    async with TrackerClient(url, user_agent="tests") as tracker:
        reader = ContextReader(tracker, 60.0)
        routines = await asyncio.gather(*(reader.routine(Caller("anna", "user", "token")) for _ in range(64)))
    server.close()
    await server.wait_closed()
    assert routines == [()] * 64
    assert opened <= READING_AT_A_TIME


def test_no_dependency_takes_a_thread() -> None:
    assert all(map(iscoroutinefunction, (services, known))), "FastAPI calls plain functions in threads"
