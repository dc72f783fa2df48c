"""What the coach knows of whoever asks: their routine, read from the Workout API as they would see it themselves."""

import asyncio
import logging
from collections.abc import Sequence
from hashlib import sha256
from http.client import UNAUTHORIZED
from typing import NamedTuple

from ai_coach.coach.insights import Line, line_of
from ai_coach.edge.callers import Caller
from ai_coach.edge.errors import ApiUnreachable
from runtime.problems import NotAuthenticated
from tracker_client import Refused, TrackerClient, TrackerError

log = logging.getLogger(__name__)

# httpx looks through all of its connections for each request: with sixty-four that costs more than the request does.
READING_AT_A_TIME = 10
MAX_KEPT, MAX_LINES_KEPT = 500, 200  # routines, and lines of each: some 20 MB at the very most


class Kept(NamedTuple):
    """A routine that was read, and the entity tag by which the API tells whether it is still that."""

    etag: str
    routine: tuple[Line, ...]


NOTHING = Kept("", ())


class ContextReader:
    """Reads routines. `timeout` is for all pages together, in seconds.

    The API is asked for every answer: what is kept here, by token, only saves it from saying the same again.
    """

    def __init__(self, tracker: TrackerClient, timeout: float) -> None:
        self._tracker = tracker
        self._timeout = timeout
        self._turns = asyncio.Semaphore(READING_AT_A_TIME)
        self._waiting: dict[str | None, asyncio.Task[tuple[Line, ...]]] = {}
        self._begun: dict[str | None, asyncio.Task[tuple[Line, ...]]] = {}
        self._kept: dict[str | None, Kept] = {}

    async def routine(self, caller: Caller) -> tuple[Line, ...]:
        """The caller's routine. Raises ApiUnreachable in time, and NotAuthenticated where the API wants a login."""
        try:
            async with asyncio.timeout(self._timeout):
                if caller.token is None and not await self._tracker.lets_anybody_read():
                    raise NotAuthenticated
                return await self._read_once(caller.token)
        except (TimeoutError, TrackerError) as error:
            if isinstance(error, Refused) and error.status == UNAUTHORIZED and caller.token is not None:
                raise NotAuthenticated(error.detail) from None
            log.warning("The routine cannot be read", extra={"reason": str(error) or f"more than {self._timeout} s"})
            raise ApiUnreachable from None

    async def _read_once(self, token: str | None) -> tuple[Line, ...]:
        """One reading for all who ask with the same token while it waits for its turn."""
        if (reading := self._waiting.get(token)) is None:
            reading = self._waiting[token] = asyncio.create_task(self._read(token))
            reading.add_done_callback(lambda done: done.cancelled() or done.exception())  # everybody may have left
        return await asyncio.shield(reading)

    async def _read(self, token: str | None) -> tuple[Line, ...]:
        """Read when the reading before this one, with the same token, has ended: meanwhile others may join."""
        if (before := self._begun.get(token)) is not None:
            await asyncio.wait([before])
        async with self._turns, asyncio.timeout(self._timeout):
            # Whoever comes from here on may have changed the routine after it was read.
            self._begun[token] = self._waiting.pop(token)
            try:
                return await self._unless_kept(token)
            finally:
                del self._begun[token]

    async def _unless_kept(self, token: str | None) -> tuple[Line, ...]:
        """What is kept for this token, if the API says to this token that it still holds; else what it says anew."""
        kept = self._kept.get(token, NOTHING)
        found = await self._tracker.exercises_unless(kept.etag, token=token)
        if found is None:
            return kept.routine
        self._kept.pop(token, None)
        routine = tuple(map(line_of, found.exercises))
        if found.etag and len(routine) <= MAX_LINES_KEPT:
            if len(self._kept) >= MAX_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[token] = Kept(found.etag, routine)
        return routine

    async def routine_or_none(self, caller: Caller) -> tuple[Line, ...] | None:
        """The caller's routine, or None where it cannot be had: the answer then goes without."""
        try:
            return await self.routine(caller)
        except (ApiUnreachable, NotAuthenticated):
            return None


def digest(routine: Sequence[Line] | None) -> str | None:
    """Equal for equal routines, whoever they belong to."""
    return None if routine is None else sha256(repr(routine).encode("utf-8", "surrogatepass")).hexdigest()
