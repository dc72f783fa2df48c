"""What the coach knows of whoever asks: their routine, read from the Workout API as they would see it themselves."""

import asyncio
import logging
from collections.abc import Sequence
from hashlib import sha256
from http.client import UNAUTHORIZED

from ai_coach.coach.insights import Line, line_of
from ai_coach.edge.callers import Caller
from ai_coach.edge.errors import ApiUnreachable
from runtime.problems import NotAuthenticated
from tracker_client import Refused, TrackerClient, TrackerError

log = logging.getLogger(__name__)

# httpx looks through all of its connections for each request: with sixty-four that costs more than the request does.
READING_AT_A_TIME = 10


class ContextReader:
    """Reads routines. `timeout` is for all pages together, in seconds."""

    def __init__(self, tracker: TrackerClient, timeout: float) -> None:
        self._tracker = tracker
        self._timeout = timeout
        self._turns = asyncio.Semaphore(READING_AT_A_TIME)
        self._waiting: dict[str | None, asyncio.Task[tuple[Line, ...]]] = {}

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
        async with self._turns, asyncio.timeout(self._timeout):
            # Whoever comes from here on may have changed the routine after it was read.
            del self._waiting[token]
            return tuple(map(line_of, await self._tracker.exercises(token=token)))

    async def routine_or_none(self, caller: Caller) -> tuple[Line, ...] | None:
        """The caller's routine, or None where it cannot be had: the answer then goes without."""
        try:
            return await self.routine(caller)
        except (ApiUnreachable, NotAuthenticated):
            return None


def digest(routine: Sequence[Line] | None) -> str | None:
    """Equal for equal routines, whoever they belong to."""
    return None if routine is None else sha256(repr(routine).encode("utf-8", "surrogatepass")).hexdigest()
