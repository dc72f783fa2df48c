"""Whatever a model's vendor does, a person gets a valid answer, in time."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from devstack.valkey import Valkey
from fake_llm import FakeProvider, Script, Valid, faults
from tests.conftest import StartApi, StartCoach
from tests.faults.coaches import ENDPOINTS, MODELS, PUSH_UP, ask, check, vendor
from tests.processes import Api, Coach

DEADLINE = 2
SPARE = 0.5

FAULTS: dict[str, Callable[[], Script]] = {
    "status_500": faults.status_500,
    "status_429": lambda: faults.status_429(retry_after=60),
    "status_529": faults.status_529,
    "hang": faults.hang,
    "slow_drip": lambda: faults.slow_drip(milliseconds=200),
    "disconnect": faults.disconnect,
    "disconnect_mid_stream": faults.disconnect_mid_stream,
    "error_mid_stream": faults.error_mid_stream,
    "malformed_json": faults.malformed_json,
    "malformed_arguments": faults.malformed_arguments,
    "wrong_schema": faults.wrong_schema,
    "huge": faults.huge,
    "refusal": faults.refusal,
    "empty": faults.empty,
    "truncated": faults.truncated,
}
# As plain text these are answers like any other.
HARMLESS = {("malformed_arguments", "text"), ("wrong_schema", "text"), ("truncated", "text")}
# Whatever fails or costs millions of tokens, the next question is asked again.
NO_BREAKER = {
    "AI_BREAKER_FAILURES": "1000000",
    "AI_DAILY_TOKEN_BUDGET": "0",
    "AI_DAILY_TOKEN_BUDGET_USER": "0",
}
KINDS = {"response": "chat", "exercises": "recommend", "summary": "analyze"}
FALLBACK_SECONDS = 66  # a minute, and its jitter


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeProvider]:
    with FakeProvider() as running:
        yield running


@pytest.fixture(scope="module")
def api(start_module_api: StartApi) -> Api:
    api = start_module_api()
    with api.client() as client:
        assert client.post("/exercises", json=PUSH_UP).status_code == 201
    return api


@pytest.fixture(scope="module")
def coaches(start_module_coach: StartCoach, api: Api, fake: FakeProvider) -> dict[str, Coach]:
    """One for each protocol. Breakers stay closed and nothing is kept, so that every question meets the fault."""
    settings = NO_BREAKER | {"AI_COACH_DEADLINE": str(DEADLINE)}
    return {protocol: start_module_coach(api, settings, vendor(fake, protocol)) for protocol in MODELS}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("protocol", MODELS)
def test_every_fault_of_a_vendor_ends_in_a_valid_answer_in_time(
    coaches: dict[str, Coach], fake: FakeProvider, protocol: str, fault: str
) -> None:
    fake.script = FAULTS[fault]()
    fake.clear()

    def answer(endpoint: str) -> tuple[str, float]:
        with coaches[protocol].client() as client:
            begin = time.perf_counter()
            source = str(ask(client, endpoint)["source"])
            return source, time.perf_counter() - begin

    with ThreadPoolExecutor(len(ENDPOINTS)) as people:
        answers = dict(zip(ENDPOINTS, people.map(answer, ENDPOINTS), strict=True))
    print(f"{protocol} {fault}: {answers}")
    assert len(fake.journal) >= len(ENDPOINTS), "the model was asked by each"
    for endpoint, (source, taken) in answers.items():
        kind = "text" if endpoint in ("chat", "stream") else "structured"
        assert source == "rules" or (fault, kind) in HARMLESS
        assert taken <= DEADLINE + SPARE


def test_nothing_half_finished_is_kept(
    start_coach: StartCoach, api: Api, fake: FakeProvider, own_valkey: Valkey
) -> None:
    coach = start_coach(api, NO_BREAKER, vendor(fake), REDIS_URL=own_valkey.url)
    with coach.client() as client:
        for name in FAULTS.keys() - {"hang", "slow_drip"}:
            fake.script = FAULTS[name]()
            for endpoint in ENDPOINTS:
                ask(client, endpoint)
    with redis.Redis.from_url(f"{own_valkey.url}/0") as kept:
        keys = list(kept.scan_iter("coach:answer:*"))
        assert len(keys) > len(FAULTS)
        for key in keys:
            answer = json.loads(str(kept.get(key), "utf-8"))
            check(kind_of(answer), answer)
            assert answer["source"] == "llm" or kept.ttl(key) <= FALLBACK_SECONDS


def kind_of(answer: dict[str, object]) -> str:
    """By its fields."""
    return next(kind for field, kind in KINDS.items() if field in answer)


def test_a_breaker_opens_and_closes_again(start_coach: StartCoach, api: Api, fake: FakeProvider) -> None:
    coach = start_coach(api, vendor(fake), AI_BREAKER_FAILURES="3", AI_BREAKER_SECONDS="1")
    fake.script = faults.status_500()
    fake.clear()
    with coach.client() as client:
        assert [ask(client, "chat")["source"] for _ in range(6)] == ["rules"] * 6
        assert len(fake.journal) == 3, "then it was left alone"
        health = client.get("/health").json()
        assert (health["status"], health["ai_model"]) == ("degraded", "rules")
        assert 'coach_llm_breaker_open{model="anthropic:claude-haiku-5-5"} 1.0' in client.get("/metrics").text
        fake.script = Valid(7)
        deadline = time.monotonic() + 20
        while ask(client, "chat")["source"] != "llm":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert client.get("/health").json()["ai_model"] == "anthropic:claude-haiku-5-5"
        assert 'coach_llm_breaker_open{model="anthropic:claude-haiku-5-5"} 0.0' in client.get("/metrics").text
        assert [entry.outcome for entry in fake.journal][:4] == ["status_500"] * 3 + ["answered"]


def test_a_wrong_key_is_tried_once(start_coach: StartCoach, api: Api, fake: FakeProvider) -> None:
    coach = start_coach(api, vendor(fake), AI_BREAKER_FAILURES="1000")
    fake.script = faults.status(401)
    fake.clear()
    with coach.client() as client:
        assert [ask(client, "chat")["source"] for _ in range(3)] == ["rules"] * 3
        assert len(fake.journal) == 1
        health = client.get("/health").json()
    assert (health["status"], health["ai_model"]) == ("degraded", "rules")


def test_a_key_may_come_from_a_file(start_coach: StartCoach, api: Api, fake: FakeProvider, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("of-a-file\n")
    key = {"ANTHROPIC_API_KEY": "", "ANTHROPIC_API_KEY_FILE": str(tmp_path / "key")}
    coach = start_coach(api, vendor(fake), key)
    fake.script = Valid(7)
    with coach.client() as client:
        assert ask(client, "chat")["source"] == "llm"
