"""Redis as the coach uses it: its failures are None, and cost next to nothing."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from ai_coach.coach import store as module
from ai_coach.coach.store import REST_SECONDS, Store
from devstack.ports import free_port
from devstack.valkey import Valkey

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The store's clock; `clock.now += 1`."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(module, "monotonic", lambda: clock.now)
    return clock


async def test_without_an_address_there_is_none() -> None:
    store = Store(None)
    assert store.client is None
    assert await store.is_reachable() is False
    await store.aclose()


async def test_one_that_answers_is_reachable(own_valkey: Valkey) -> None:
    store = Store(own_valkey.url)
    assert await store.is_reachable() is True
    assert store.client is not None
    assert await store.attempt(store.client.set("a", "b")) is True
    await store.aclose()


async def test_a_failure_is_none_and_it_rests(clock: SimpleNamespace, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(f"redis://127.0.0.1:{free_port()}")
    assert store.client is not None
    assert await store.attempt(store.client.get("a")) is None
    for seconds, is_usable in ((0, False), (REST_SECONDS - 0.1, False), (0.2, True)):
        clock.now += seconds
        assert (store.client is not None) is is_usable
    assert [record.message for record in caplog.records] == ["Redis cannot be used for a moment"]
    await store.aclose()


async def test_calls_that_fail_together_are_one_line_of_the_log(
    clock: SimpleNamespace, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(f"redis://127.0.0.1:{free_port()}")
    assert store.client is not None
    assert await asyncio.gather(*(store.attempt(store.client.get(str(n))) for n in range(5))) == [None] * 5
    assert len(caplog.records) == 1
    await store.aclose()


async def test_it_is_used_again_once_it_is_back(clock: SimpleNamespace, tmp_path: Path) -> None:
    port = free_port()
    store = Store(f"redis://127.0.0.1:{port}")
    assert await store.is_reachable() is False
    with Valkey(tmp_path, port=port):
        clock.now += REST_SECONDS
        assert store.client is not None
        assert await store.attempt(store.client.set("a", "b")) is True
        assert await store.is_reachable() is True
    await store.aclose()


async def test_a_value_that_is_no_awaitable_is_itself() -> None:
    assert await Store(None).attempt(7) == 7


async def test_what_is_wrong_with_us_is_not_hidden(own_valkey: Valkey) -> None:
    store = Store(own_valkey.url)
    assert store.client is not None
    with pytest.raises(TypeError):
        await store.attempt(store.client.get())  # type: ignore[call-arg]
    await store.aclose()
