"""Passwords: bcrypt, off the event loop, and never more at once than the machine can bear."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

from runtime.problems import ServiceUnavailable

T = TypeVar("T")

MAX_BYTES = 72  # what bcrypt reads of a password
MAX_WAITING = 40  # some ten seconds of hashing; whoever comes then is told to come back


class TooManyLogins(ServiceUnavailable):
    """More passwords wait for their check than can be checked in time."""

    kind = "urn:problem:too-many-logins"
    detail = "Too many people are logging in at once"


class Passwords:
    """Hashes and checks passwords of at most 72 bytes."""

    def __init__(self, rounds: int) -> None:
        self._rounds = rounds
        self._waiting = 0
        # One thread: bcrypt lets go of the interpreter, but two at once cost everybody else their p99.
        self._threads = ThreadPoolExecutor(1, "bcrypt", initializer=_step_back)
        # A hash of that cost which no password has: checking an unknown account takes as long as checking a known one.
        self._nobodys_hash = f"$2b${rounds:02d}${'.' * 53}".encode()

    async def hash(self, password: str) -> str:
        """The bcrypt hash, with a salt of its own. Raises TooManyLogins."""
        return (await self._run(bcrypt.hashpw, password.encode(), bcrypt.gensalt(self._rounds))).decode()

    async def check(self, password: str, password_hash: str | None) -> bool:
        """Does `password` belong to this hash? None, for an unknown account, takes as long and is always false."""
        known = password_hash.encode() if password_hash else self._nobodys_hash
        return bool(await self._run(bcrypt.checkpw, password.encode(), known)) and password_hash is not None

    async def _run(self, function: Callable[..., T], *args: object) -> T:
        if self._waiting >= MAX_WAITING:
            raise TooManyLogins
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Give the threads back."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _step_back() -> None:
    """On Linux a thread can be nicer than its process: reads go first, which keeps their p99 while people log in."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
