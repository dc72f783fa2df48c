"""Hashing: bcrypt at the cost that was asked for, never on the event loop, never more than the machine can bear."""

import asyncio
import os
import statistics
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import bcrypt
import httpx
import pytest

from api.edge.passwords import MAX_WAITING, Passwords, TooManyLogins
from api.settings import ApiSettings

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
PASSWORD = "correct horse"


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    """Hashes of the least cost."""
    made = Passwords(4)
    yield made
    made.close()


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("bcrypt")]


async def test_a_hash_has_the_cost_that_is_configured(passwords: Passwords) -> None:
    assert (await passwords.hash(PASSWORD)).startswith("$2b$04$")
    dearer = Passwords(5)
    assert (await dearer.hash(PASSWORD)).startswith("$2b$05$")
    dearer.close()


async def test_by_default_the_cost_is_twelve() -> None:
    passwords = Passwords(ApiSettings.model_fields["bcrypt_rounds"].default)
    assert (await passwords.hash(PASSWORD)).startswith("$2b$12$")
    passwords.close()


async def test_the_application_hashes_at_the_cost_of_its_settings(
    make_client: MakeClient, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await make_user("root", role="admin")
    asked: list[int] = []
    gensalt = bcrypt.gensalt

    def cheap(rounds: int) -> bytes:
        asked.append(rounds)
        return gensalt(4)

    monkeypatch.setattr(bcrypt, "gensalt", cheap)
    client = await make_client(bcrypt_rounds=11)
    answer = await client.post("/admin/users", json={"username": "anna", "password": PASSWORD}, headers=admin)
    assert answer.status_code == 201
    assert asked == [11]


async def test_every_hash_has_a_salt_of_its_own(passwords: Passwords) -> None:
    assert len({await passwords.hash(PASSWORD) for _ in range(4)}) == 4


@pytest.mark.parametrize(
    "password",
    ["correct horse", "x" * 72, "\u00e9" * 36, "\U0001f3cb" * 18, "with\0null", "  blanks  ", "line\nbreak"],
)
async def test_a_password_is_verified_exactly_as_it_was_given(passwords: Passwords, password: str) -> None:
    hashed = await passwords.hash(password)
    assert await passwords.check(password, hashed) is True
    last = "\u00e8" if password.endswith("\u00e9") else "y"
    assert await passwords.check(password[:-1] + last, hashed) is False
    assert await passwords.check(password[:-1], hashed) is False
    assert await passwords.check("x" + password[1:], hashed) is (password[0] == "x")


async def test_no_password_belongs_to_an_unknown_account(passwords: Passwords) -> None:
    assert await passwords.check(PASSWORD, None) is False
    assert await passwords.check(PASSWORD, "") is False
    assert await passwords.check("", None) is False


@pytest.mark.parametrize("rounds", [4, 9, 10, 12])
async def test_an_unknown_account_is_checked_against_a_hash_of_the_same_cost(
    rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[bytes] = []

    def remember(_: bytes, hashed: bytes) -> bool:
        checked.append(hashed)
        return True

    monkeypatch.setattr(bcrypt, "checkpw", remember)
    passwords = Passwords(rounds)
    assert await passwords.check(PASSWORD, None) is False
    assert len(checked[0]) == 60
    assert checked[0].startswith(b"$2b$%02d$" % rounds)
    passwords.close()


async def test_an_unknown_account_takes_as_long_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords, check = Passwords(10), bcrypt.checkpw
    known = await passwords.hash(PASSWORD)
    seconds: dict[bool, list[float]] = {True: [], False: []}

    def measured(password: bytes, hashed: bytes) -> bool:
        began = time.thread_time()  # of this thread alone: whatever else the machine does
        right = check(password, hashed)
        seconds[hashed == known.encode()].append(time.thread_time() - began)
        return right

    monkeypatch.setattr(bcrypt, "checkpw", measured)
    for _ in range(7):
        assert not await passwords.check("wrong password", known)
        assert not await passwords.check("wrong password", None)
    assert [len(each) for each in seconds.values()] == [7, 7]
    assert 0.7 < statistics.median(seconds[False]) / statistics.median(seconds[True]) < 1.4
    passwords.close()


async def test_the_event_loop_runs_on_while_a_password_is_hashed() -> None:
    passwords = Passwords(12)
    hashing, turns = asyncio.create_task(passwords.hash(PASSWORD)), 0
    while not hashing.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert (await hashing).startswith("$2b$12$")
    assert turns > 10
    passwords.close()


class Gate:
    """Stands in for bcrypt: lets nobody through until it is opened, and knows how many wait in it."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.inside = self.most = 0
        self.niceness: set[int] = set()
        self._lock = threading.Lock()

    def __call__(self, *arguments: Any) -> bool:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
            if sys.platform == "linux":
                self.niceness.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        self.open.wait(10)
        with self._lock:
            self.inside -= 1
        return True


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """bcrypt.checkpw, but as slow as one likes."""
    made = Gate()
    monkeypatch.setattr(bcrypt, "checkpw", made)
    yield made
    made.open.set()


async def test_whoever_comes_when_forty_wait_is_told_to_come_back(passwords: Passwords, gate: Gate) -> None:
    assert MAX_WAITING == 40
    waiting = [asyncio.create_task(passwords.check(PASSWORD, "$2b$")) for _ in range(40)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyLogins) as refused:
        await passwords.check(PASSWORD, "$2b$")
    with pytest.raises(TooManyLogins):
        await passwords.hash(PASSWORD)
    assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "2"})
    gate.open.set()
    assert await asyncio.gather(*waiting) == [True] * 40
    assert await asyncio.gather(*(passwords.check(PASSWORD, "$2b$") for _ in range(40))) == [True] * 40


async def test_whoever_goes_away_makes_room(passwords: Passwords, gate: Gate) -> None:
    waiting = [asyncio.create_task(passwords.check(PASSWORD, "$2b$")) for _ in range(40)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    gate.open.set()
    assert await passwords.check(PASSWORD, "$2b$")


@pytest.mark.parametrize("at_once", [1])
async def test_one_password_is_hashed_at_once_and_steps_back_for_everything_else(gate: Gate, at_once: int) -> None:
    passwords = Passwords(4)
    waiting = [asyncio.create_task(passwords.check(PASSWORD, "$2b$")) for _ in range(at_once + 2)]
    for _ in range(1000):
        if gate.inside >= at_once:
            break
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.02)
    gate.open.set()
    assert await asyncio.gather(*waiting) == [True] * (at_once + 2)
    assert gate.most == at_once
    if sys.platform == "linux":
        assert gate.niceness == {19}
        assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < 19
    passwords.close()


async def test_the_threads_end_when_they_are_given_back() -> None:
    before = set(threads())
    passwords = Passwords(4)
    await passwords.hash(PASSWORD)
    mine = set(threads()) - before
    assert mine
    passwords.close()
    for thread in mine:
        thread.join(5)
    assert not any(thread.is_alive() for thread in mine)


async def test_too_many_logins_are_a_503_with_the_time_to_come_back(
    client: httpx.AsyncClient, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_user("anna")
    monkeypatch.setattr("api.edge.passwords.MAX_WAITING", 0)
    for name in ("anna", "nobody"):
        answer = await client.post("/auth/login", json={"username": name, "password": PASSWORD})
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "2"
        assert answer.json()["type"] == "urn:problem:too-many-logins"
        assert answer.json()["detail"] == "Too many people are logging in at once"
