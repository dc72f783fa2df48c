"""Tokens a day: a hard stop, for each caller and in all, that no lost Redis and no midnight hands out twice."""

from collections.abc import AsyncIterator
from datetime import datetime, tzinfo
from types import SimpleNamespace

import pytest
import redis.asyncio

from ai_coach.coach import budget as module
from ai_coach.coach.budget import KEPT_SECONDS, Budget, Reserved
from ai_coach.coach.store import Store
from devstack.ports import free_port
from devstack.valkey import Valkey
from fake_llm import FakeProvider
from services.ai_coach.tests.conftest import CLAUDE, MakeCoach

pytestmark = pytest.mark.anyio

ANNA, BEN = "anna:user", "ben:user"


@pytest.fixture
async def store(own_valkey: Valkey, kept: object) -> AsyncIterator[Store]:
    store = Store(f"{own_valkey.url}/0")
    yield store
    await store.aclose()


@pytest.fixture(params=["redis", "alone"])
def some_store(request: pytest.FixtureRequest, store: Store) -> Store:
    """Shared with others, or counting for itself."""
    return store if request.param == "redis" else Store(None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """`clock.day = 2` is the second of May."""
    clock = SimpleNamespace(day=1)

    def now(zone: tzinfo) -> datetime:
        return datetime(2030, 5, clock.day, 23, 59, tzinfo=zone)

    monkeypatch.setattr(module, "datetime", SimpleNamespace(now=now))
    return clock


async def test_a_caller_has_a_budget_and_all_have_one(some_store: Store) -> None:
    budget = Budget(some_store, 250, 100)
    assert await budget.reserve(ANNA, 100)
    assert await budget.reserve(ANNA, 1) is None
    assert await budget.reserve(BEN, 100)
    assert await budget.reserve("cleo:user", 51) is None
    assert await budget.reserve("cleo:user", 50)


async def test_what_is_refused_is_not_taken(some_store: Store) -> None:
    budget = Budget(some_store, 100, 100)
    for _ in range(5):
        assert await budget.reserve(ANNA, 101) is None
    assert await budget.reserve(ANNA, 100)


async def test_what_was_not_used_is_given_back(some_store: Store) -> None:
    budget = Budget(some_store, 100, 100)
    reserved = await budget.reserve(ANNA, 100)
    assert reserved is not None
    assert await budget.reserve(BEN, 31) is None
    await budget.settle(reserved, 70)
    assert await budget.reserve(BEN, 31) is None
    assert await budget.reserve(BEN, 30)


async def test_more_than_was_set_aside_counts_too(some_store: Store) -> None:
    budget = Budget(some_store, 0, 100)
    reserved = await budget.reserve(ANNA, 10)
    assert reserved is not None
    await budget.settle(reserved, 95)
    assert await budget.reserve(ANNA, 6) is None


async def test_zero_is_no_limit_and_counts_nothing(store: Store, kept: redis.asyncio.Redis) -> None:
    assert await Budget(store, 0, 0).reserve(ANNA, 10**9) == Reserved([], 10**9)
    assert await kept.keys() == []


async def test_replicas_share_a_budget_that_ends_by_itself(store: Store, kept: redis.asyncio.Redis) -> None:
    assert await Budget(store, 100, 0).reserve(ANNA, 60)
    assert await Budget(store, 100, 0).reserve(BEN, 60) is None
    (key,) = await kept.keys()
    assert 0 < await kept.ttl(key) <= KEPT_SECONDS


async def test_a_new_day_has_a_new_budget(some_store: Store, clock: SimpleNamespace) -> None:
    budget = Budget(some_store, 100, 100)
    assert await budget.reserve(ANNA, 100)
    assert await budget.reserve(ANNA, 1) is None
    clock.day = 2
    assert await budget.reserve(ANNA, 100)
    assert await budget.reserve(ANNA, 1) is None


async def test_what_was_set_aside_before_midnight_is_settled_on_its_own_day(
    some_store: Store, clock: SimpleNamespace
) -> None:
    budget = Budget(some_store, 100, 100)
    late = await budget.reserve(ANNA, 100)
    assert late is not None
    clock.day = 2
    assert await budget.reserve(ANNA, 60)
    await budget.settle(late, 0)
    assert await budget.reserve(ANNA, 41) is None
    assert await budget.reserve(ANNA, 40)


async def test_losing_redis_hands_out_no_second_budget(own_valkey: Valkey, kept: redis.asyncio.Redis) -> None:
    store = Store(f"{own_valkey.url}/0")
    budget = Budget(store, 100, 0)
    assert await budget.reserve(ANNA, 80)
    await kept.flushall()  # it came back, empty
    assert await budget.reserve(ANNA, 80) is None
    await store.aclose()


async def test_without_its_redis_a_process_counts_for_itself() -> None:
    store = Store(f"redis://127.0.0.1:{free_port()}")
    budget = Budget(store, 100, 0)
    assert await budget.reserve(ANNA, 80)
    assert await budget.reserve(ANNA, 21) is None
    await store.aclose()


async def test_used_up_means_rules_and_no_call(make_coach: MakeCoach, fake: FakeProvider) -> None:
    client = await make_coach(model=CLAUDE, daily_tokens_per_user=100)
    answer = (await client.post("/chat", json={"message": "How often should I train?"})).json()
    assert (answer["source"], fake.journal) == ("rules", [])
    assert (
        'coach_llm_runs_total{model="anthropic:claude-haiku-4-5",outcome="over_budget"} 1.0'
        in (await client.get("/metrics")).text
    )


async def test_what_is_metered_is_what_the_vendor_reported(
    make_coach: MakeCoach, fake: FakeProvider, kept: redis.asyncio.Redis
) -> None:
    client = await make_coach(model=CLAUDE)
    for message in ("How often should I train?", "How long should I rest?"):
        assert (await client.post("/chat", json={"message": message})).json()["source"] == "llm"
    used = sum(entry.input_tokens + entry.output_tokens for entry in fake.journal)
    keys = await kept.keys("coach:tokens:*")
    assert sorted(key.split(":", 3)[3] for key in keys) == ["all", "user:192.0.2.1:anonymous"]
    assert {int(await kept.get(key)) for key in keys} == {used}
