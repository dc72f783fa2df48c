"""Many who ask the same at once, and people who leave: a model is asked no more often than it must be."""

import asyncio
import re
import time
from functools import partial
from uuid import uuid4

import httpx
import pytest
import redis

from devstack.valkey import Valkey
from fake_llm import Delayed, Entry, FakeProvider, Paced, Valid
from tests.conftest import StartApi, StartCoach
from tests.faults.coaches import PUSH_UP, ask, vendor
from tests.people import somewhere
from tests.processes import Coach

CROWD = 200
UPSTREAM_SECONDS = 1.0  # within which the model's connection must be closed after a client has left


def metered(coach: Coach) -> dict[str, float]:
    """Tokens by direction, as the coach counts them."""
    with coach.client() as client:
        text = client.get("/metrics").text
    found = re.findall(r'^coach_llm_tokens_total\{direction="(\w+)",model="[^"]+"\} (\S+)$', text, re.MULTILINE)
    return {direction: float(value) for direction, value in found}


async def test_a_crowd_over_three_processes_asks_the_model_once(
    start_coach: StartCoach, start_api: StartApi, own_valkey: Valkey
) -> None:
    api = start_api()
    with api.client() as client:
        assert client.post("/exercises", json=PUSH_UP).status_code == 201
    with FakeProvider(Delayed(0.5, Valid(7))) as fake:
        coaches = [start_coach(api, vendor(fake), REDIS_URL=own_valkey.url) for _ in range(3)]
        question = {"message": f"How long should I rest? {uuid4().hex}"}
        limits = httpx.Limits(max_connections=CROWD)
        async with httpx.AsyncClient(timeout=60, limits=limits) as client:
            answers = await asyncio.gather(
                *(
                    client.post(f"{coaches[number % 3].url}/chat", json=question, headers=somewhere())
                    for number in range(CROWD)
                )
            )
        assert [answer.status_code for answer in answers] == [200] * CROWD
        assert len({answer.json()["response"] for answer in answers}) == 1
        sources = [answer.json()["source"] for answer in answers]
        print(f"{CROWD} questions, {len(fake.journal)} upstream, {sources.count('llm')} answered by the model itself")
        assert len(fake.journal) == 1
        assert sources.count("llm") == 1
        counted = [metered(coach) for coach in coaches]
        assert sum(tokens.get("input", 0) for tokens in counted) == sum(e.input_tokens for e in fake.journal)
        assert sum(tokens.get("output", 0) for tokens in counted) == sum(e.output_tokens for e in fake.journal)


def test_metered_tokens_are_those_of_the_vendor(start_coach: StartCoach) -> None:
    with FakeProvider(Valid(7)) as fake:
        coach = start_coach(None, vendor(fake))
        with coach.client() as client:
            for _ in range(5):
                ask(client, "chat")
                ask(client, "stream")
        tokens = metered(coach)
        assert len(fake.journal) == 10
        assert tokens["input"] == sum(entry.input_tokens for entry in fake.journal)
        assert tokens["output"] == sum(entry.output_tokens for entry in fake.journal)


def test_the_model_is_left_when_the_client_leaves(start_coach: StartCoach) -> None:
    with FakeProvider(Paced(0.2, Valid(7))) as fake:
        coach = start_coach(None, vendor(fake))
        question = {"message": "How long should I rest?"}
        with coach.client() as client, client.stream("POST", "/chat/stream", json=question) as read:
            assert read.status_code == 200
            fake.wait_until(lambda entries: bool(entries) and entries[0].events > 0)
        left = time.time()
        entry = fake.wait_until(lambda entries: entries[0].disconnected, timeout=10)[0]
        assert entry.disconnected_at is not None
        print(f"the model was left {entry.disconnected_at - left:.3f} s after the client")
        assert entry.disconnected_at - left <= UPSTREAM_SECONDS
        with coach.client() as client:
            assert 'outcome="cancelled"' in client.get("/metrics").text
            assert client.get("/health").json()["ai_model"].startswith("anthropic:"), "nobody's failure"


def test_one_who_leaves_takes_nothing_from_the_others(start_coach: StartCoach) -> None:
    with FakeProvider(Delayed(1, Valid(7))) as fake:
        coach = start_coach(None, vendor(fake))
        question = {"message": "How long should I rest?"}
        with coach.client() as first, pytest.raises(httpx.ReadTimeout):
            first.post("/chat", json=question, timeout=0.3)
        with coach.client() as second:
            answer = second.post("/chat", json=question).json()
        assert answer["source"] == "cache"
        assert len(fake.journal) == 1


def test_people_who_leave_keep_nobodys_tokens(start_coach: StartCoach, own_valkey: Valkey) -> None:
    with FakeProvider(Paced(0.05, Valid(7))) as fake:
        coach = start_coach(None, vendor(fake), REDIS_URL=own_valkey.url)
        for number in range(10):
            question = {"message": f"How long should I rest? {number}"}
            with coach.client() as client, client.stream("POST", "/chat/stream", json=question):
                fake.wait_until(partial(has_begun, number))
        fake.wait_until(lambda entries: all(entry.disconnected for entry in entries))
        # A stream that was left costs what is likely, not all that it might have cost.
        deadline = time.monotonic() + 10
        while (spent := spent_today(own_valkey)) > 10 * 2200:
            assert time.monotonic() < deadline, f"{spent} tokens are still set aside"
            time.sleep(0.05)
        assert spent >= sum(entry.input_tokens for entry in fake.journal)
        assert "cancel scope" not in coach.output()


def has_begun(number: int, entries: list[Entry]) -> bool:
    """Is the answer to that request on its way?"""
    return len(entries) > number and entries[number].events > 0


def spent_today(valkey: Valkey) -> int:
    """Tokens of all callers, as Redis has them."""
    with redis.Redis.from_url(f"{valkey.url}/0") as client:
        return sum(int(str(client.get(key), "ascii")) for key in client.scan_iter("coach:tokens:*:all"))
