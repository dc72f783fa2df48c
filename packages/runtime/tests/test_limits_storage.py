"""The storage of rate limits, alone: windows that follow the clock, counts, and how many of them it keeps."""

import gc
from time import process_time
from typing import Any

import pytest
from limits.storage import storage_from_string

from runtime import limits
from runtime.limits import SettlingStorage, Window

MINUTE, HOUR = 60, 3600


@pytest.fixture
def storage() -> SettlingStorage:
    return SettlingStorage()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """Room for three keys."""
    monkeypatch.setattr(limits, "MAX_WINDOWS", 3)
    return 3


def counts(storage: SettlingStorage, keys: str) -> dict[str, int]:
    return {key: storage.get(key) for key in keys}


def test_the_library_finds_the_storage_by_its_scheme() -> None:
    assert isinstance(storage_from_string("settling://"), SettlingStorage)


def test_the_storage_is_always_usable(storage: SettlingStorage) -> None:
    assert storage.check() is True


def test_counting_returns_the_count(storage: SettlingStorage, clock: Any) -> None:
    assert [storage.incr("a", MINUTE), storage.incr("a", MINUTE), storage.incr("a", MINUTE, amount=3)] == [1, 2, 5]
    assert counts(storage, "a") == {"a": 5}


def test_reading_does_not_count(storage: SettlingStorage, clock: Any) -> None:
    storage.incr("a", MINUTE)
    assert [storage.get("a"), storage.get("a")] == [1, 1]


def test_keys_are_counted_apart(storage: SettlingStorage, clock: Any) -> None:
    storage.incr("a", MINUTE, amount=2)
    storage.incr("b", HOUR)
    assert counts(storage, "abc") == {"a": 2, "b": 1, "c": 0}


@pytest.mark.parametrize(
    ("now", "expiry", "ends"),
    [(120.0, 60, 180.0), (179.999, 60, 180.0), (180.0, 60, 240.0), (0.5, 1, 1.0), (7199.0, 7200, 7200.0), (59, 60, 60)],
)
def test_windows_follow_the_clock(storage: SettlingStorage, clock: Any, now: float, expiry: int, ends: float) -> None:
    clock.now = now
    storage.incr("a", expiry)
    assert storage.get_expiry("a") == ends


def test_a_window_keeps_its_end_while_it_is_counted_in(storage: SettlingStorage, clock: Any) -> None:
    clock.now = 121.0
    storage.incr("a", MINUTE)
    clock.now = 179.0
    assert storage.incr("a", MINUTE) == 2
    assert storage.get_expiry("a") == 180.0


def test_a_window_is_over_at_its_end_and_not_before(storage: SettlingStorage, clock: Any) -> None:
    clock.now = 150.0
    storage.incr("a", MINUTE, amount=4)
    clock.now = 179.999
    assert storage.get("a") == 4
    clock.now = 180.0
    assert storage.get("a") == 0
    assert storage.incr("a", MINUTE) == 1
    assert storage.get_expiry("a") == 240.0


def test_counting_goes_on_until_the_very_end(storage: SettlingStorage, clock: Any) -> None:
    clock.now = 150.0
    storage.incr("a", MINUTE)
    clock.now = 179.999
    assert storage.incr("a", MINUTE) == 2


def test_an_unknown_key_has_no_count_and_ends_now(storage: SettlingStorage, clock: Any) -> None:
    clock.now = 150.5
    assert storage.get("a") == 0
    assert storage.get_expiry("a") == 150.5


def test_one_key_can_be_forgotten(storage: SettlingStorage, clock: Any) -> None:
    storage.incr("a", MINUTE)
    storage.incr("b", MINUTE)
    storage.clear("a")
    storage.clear("never seen")
    assert counts(storage, "ab") == {"a": 0, "b": 1}
    assert storage.incr("a", MINUTE) == 1


def test_all_keys_can_be_forgotten(storage: SettlingStorage, clock: Any) -> None:
    for key in "aab":
        storage.incr(key, MINUTE)
    assert storage.reset() == 2
    assert counts(storage, "ab") == {"a": 0, "b": 0}
    assert storage.reset() == 0


def test_there_is_room_for_fifty_thousand_keys() -> None:
    assert limits.MAX_WINDOWS == 50_000


def test_up_to_the_limit_every_key_is_kept(storage: SettlingStorage, clock: Any, few: int) -> None:
    for key in "abcabc":
        storage.incr(key, MINUTE)
    assert counts(storage, "abc") == {"a": 2, "b": 2, "c": 2}
    assert storage.reset() == 3


def test_one_key_more_costs_the_oldest(storage: SettlingStorage, clock: Any, few: int) -> None:
    for key in "abcd":
        storage.incr(key, MINUTE)
    assert counts(storage, "abcd") == {"a": 0, "b": 1, "c": 1, "d": 1}
    storage.incr("e", MINUTE)
    assert counts(storage, "bcde") == {"b": 0, "c": 1, "d": 1, "e": 1}
    assert storage.reset() == 3


def test_what_has_ended_goes_first(storage: SettlingStorage, clock: Any, few: int) -> None:
    clock.now = 100.0
    storage.incr("a", HOUR)
    storage.incr("b", MINUTE)
    storage.incr("c", MINUTE)
    clock.now = 120.0
    storage.incr("d", MINUTE)
    assert counts(storage, "abcd") == {"a": 1, "b": 0, "c": 0, "d": 1}
    assert storage.reset() == 2


def test_what_ends_later_does_not_go_first(storage: SettlingStorage, clock: Any, few: int) -> None:
    clock.now = 100.0
    for key in "abc":
        storage.incr(key, MINUTE)
    clock.now = 119.999
    storage.incr("d", MINUTE)
    assert counts(storage, "abcd") == {"a": 0, "b": 1, "c": 1, "d": 1}


def test_a_key_that_begins_again_takes_no_room_from_others(storage: SettlingStorage, clock: Any, few: int) -> None:
    clock.now = 100.0
    storage.incr("a", MINUTE)
    storage.incr("b", HOUR)
    storage.incr("c", HOUR)
    clock.now = 130.0
    assert storage.incr("a", MINUTE) == 1
    assert counts(storage, "abc") == {"a": 1, "b": 1, "c": 1}


def test_a_key_that_began_again_is_not_the_oldest(storage: SettlingStorage, clock: Any, few: int) -> None:
    clock.now = 100.0
    storage.incr("a", MINUTE)
    clock.now = 130.0
    for key in "bacd":
        storage.incr(key, MINUTE)
    assert counts(storage, "abcd") == {"a": 1, "b": 0, "c": 1, "d": 1}


def windows() -> int:
    """How many windows are alive in this process."""
    gc.collect()
    return sum(type(thing) is Window for thing in gc.get_objects())


def test_a_flood_of_keys_costs_bounded_memory(storage: SettlingStorage, clock: Any, few: int) -> None:
    before = windows()
    for number in range(500):
        storage.incr(f"address {number}", MINUTE)
    assert windows() - before <= 2 * few


def test_keys_of_long_ago_cost_no_memory(storage: SettlingStorage, clock: Any, few: int) -> None:
    before = windows()
    for number in range(100):
        storage.incr(f"address {number}", MINUTE)
        clock.now += MINUTE
    assert windows() - before <= 2 * few


def test_a_flood_of_keys_costs_little_time(
    storage: SettlingStorage, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = 5000
    monkeypatch.setattr(limits, "MAX_WINDOWS", room)

    def seconds_for(first: int, count: int) -> float:
        started = process_time()
        for number in range(first, first + count):
            storage.incr(f"address {number}", MINUTE)
        return (process_time() - started) / count

    with_room, when_full = seconds_for(0, room), seconds_for(room, 1000)
    assert when_full < 30 * with_room
