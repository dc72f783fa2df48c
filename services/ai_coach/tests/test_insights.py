"""What the worker has derived is read, and derived here where it is missing, old, or nonsense."""

import pytest
import redis.asyncio

from ai_coach.coach.insights import Insights, line_of
from ai_coach.coach.store import Store
from devstack.ports import free_port
from devstack.valkey import Valkey
from ledger import insights
from tracker_client import Exercise

pytestmark = pytest.mark.anyio

BENCH = line_of(Exercise(id=7, name="Bench Press", sets=4, reps=8, weight=80.0, workout_day="A"))
OF_BENCH = insights.digest(7, "Bench Press", 4, 8, 80.0, "A")
DERIVED = {"primary": "chest", "volume_kg": 2560.0}


async def test_the_workers_insight_is_read(own_valkey: Valkey, kept: redis.asyncio.Redis) -> None:
    await kept.set(insights.key(7), insights.encode(OF_BENCH, {"primary": "of the worker"}))
    store = Store(f"{own_valkey.url}/0")
    [insight] = await Insights(store).of([BENCH])
    assert insight == {"primary": "of the worker"}
    await store.aclose()


@pytest.mark.parametrize("value", [None, "nonsense", insights.encode("of what it was before", {"primary": "legs"})])
async def test_what_is_missing_old_or_nonsense_is_derived(
    own_valkey: Valkey, kept: redis.asyncio.Redis, value: str | None
) -> None:
    if value is not None:
        await kept.set(insights.key(7), value)
    store = Store(f"{own_valkey.url}/0")
    [insight] = await Insights(store).of([BENCH])
    assert insight.items() >= DERIVED.items()
    await store.aclose()


async def test_without_redis_everything_is_derived() -> None:
    for url in (None, f"redis://127.0.0.1:{free_port()}"):
        store = Store(url)
        [insight] = await Insights(store).of([BENCH])
        assert insight.items() >= DERIVED.items()
        assert await Insights(store).of([]) == []
        await store.aclose()
