"""What the tools ask: the Workout API and the coach, always as whoever is calling."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from math import ceil
from typing import Any, Literal

import httpx
from fastmcp.server.dependencies import get_access_token

from tracker_client import (
    Credentials,
    Exercise,
    Page,
    Refused,
    Retries,
    TrackerClient,
    Transport,
    Unreachable,
    Versioned,
)
from tracker_client.errors import detail
from tracker_mcp import __version__
from tracker_mcp.addresses import Addresses, Service
from tracker_mcp.words import PlainError

USER_AGENT = f"workout-tracker-mcp/{__version__}"
LOGIN_NEEDED = "The Workout API wants a login: set WORKOUT_USERNAME and WORKOUT_PASSWORD_FILE for this server"
# An assistant waits, and so does a person behind it: one more try, and no long Retry-After.
RETRIES = Retries(attempts=2, delay=0.2, max_retry_after=2.0)


class Backend:
    """Reads and writes as the caller's token (HTTP), or as `credentials` or anonymously (stdio, without a token)."""

    def __init__(
        self, addresses: Addresses, *, credentials: Credentials | None, timeout: float, coach_timeout: float
    ) -> None:
        self._addresses = addresses
        self._credentials = credentials
        self._timeout = timeout
        self._coach_timeout = coach_timeout
        self._trackers: dict[str, TrackerClient] = {}
        self._coaches: dict[str, Transport] = {}

    async def close(self) -> None:
        """Close the connections."""
        clients: list[TrackerClient | Transport] = [*self._trackers.values(), *self._coaches.values()]
        await asyncio.gather(*(client.close() for client in clients))

    @property
    def tracker(self) -> TrackerClient:
        """A client of the API where it is now."""
        url = self._addresses.of("api")
        if url not in self._trackers:
            self._trackers[url] = TrackerClient(
                url, user_agent=USER_AGENT, credentials=self._credentials, timeout=self._timeout, retries=RETRIES
            )
        return self._trackers[url]

    @property
    def _coach(self) -> Transport:
        """What asks the coach where it is now."""
        url = self._addresses.of("ai-coach")
        if url not in self._coaches:
            self._coaches[url] = Transport(url, USER_AGENT, self._coach_timeout, RETRIES)
        return self._coaches[url]

    async def page(self, number: int, size: int, sort_by: str, sort_order: Literal["asc", "desc"]) -> Page:
        """One page. Raises Refused with status 400 or 422 for what the API does not accept, else PlainError."""
        async with self._explained(400, 422):
            tracker, token = self.tracker, _token()
            return await tracker.page(number, size=size, token=token, sort_by=sort_by, sort_order=sort_order)

    async def exercise(self, exercise_id: int) -> Exercise:
        """One exercise. Raises Refused with status 404 or 422, else PlainError."""
        async with self._explained(404, 422):
            return await self.tracker.exercise(exercise_id, token=_token())

    async def routine(self) -> list[Exercise]:
        """All exercises. Raises PlainError."""
        async with self._explained():
            return await self.tracker.exercises(token=_token())

    async def add(self, fields: Mapping[str, object], key: str) -> Versioned:
        """Add an exercise, once for each key. Raises PlainError."""
        doubt = f"It may have been added: call again with request_key {key}, which adds nothing twice"
        async with self._explained(doubt=doubt):
            return await self.tracker.add(fields, key=f"mcp-{key}", token=_token())

    async def change(self, exercise_id: int, fields: Mapping[str, object]) -> tuple[Exercise, Exercise]:
        """Change an exercise as it is now; it before and after. Raises PlainError, also if somebody was quicker."""
        async with self._explained():
            before = await self.tracker.versioned(exercise_id, token=_token())
        async with self._explained(doubt="It may have been changed: look with get-exercise"):
            return before.exercise, await self._changed(before, fields)

    async def _changed(self, before: Versioned, fields: Mapping[str, object]) -> Exercise:
        exercise_id, token = before.exercise.id, _token()
        try:
            return (await self.tracker.change(exercise_id, fields, etag=before.etag, token=token)).exercise
        except (Refused, Unreachable) as error:
            if isinstance(error, Refused) and error.status != httpx.codes.PRECONDITION_FAILED:
                raise
            # An answer that was lost on its way: then it is as it was to become, and a second try was refused for that.
            now = await self.tracker.exercise(exercise_id, token=token)
            if now != before.exercise.model_copy(update=dict(fields)):
                raise
            return now

    async def coach(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """What the coach answers. Raises PlainError."""
        async with self._explained():
            token = _token() or await self.tracker.own_token()
        try:
            answer = await self._coach.exchange(method, path, token=token, json=body)
        except Unreachable as error:
            raise PlainError(_silent("AI Coach", "ai-coach", self._addresses)) from error
        if not answer.is_success:
            raise PlainError(f"The AI Coach says: {detail(answer)}")
        found: dict[str, Any] = answer.json()
        return found

    @asynccontextmanager
    async def _explained(self, *expected: int, doubt: str = "") -> AsyncIterator[None]:
        """Turn what goes wrong into a sentence for the assistant, but let refusals with these statuses pass.

        `doubt`: what to say beside it where the API may have done what it was asked for.
        """
        try:
            yield
        except Unreachable as error:
            said = self._trouble(error)
            was_done = doubt and error.status != httpx.codes.TOO_MANY_REQUESTS
            raise PlainError(f"{said}. {doubt}" if was_done else said) from error
        except Refused as refused:
            if refused.status in expected:
                raise
            if refused.status == httpx.codes.UNAUTHORIZED and _token() is None:
                raise PlainError(LOGIN_NEEDED if self._credentials is None else refused.detail) from refused
            raise PlainError(refused.detail.replace("Idempotency-Key", "request_key")) from refused

    def _trouble(self, error: Unreachable) -> str:
        """What there is to say of an API that gave no useful answer, or none."""
        if error.status is None:
            return _silent("Workout API", "api", self._addresses)
        if error.status == httpx.codes.TOO_MANY_REQUESTS:
            return f"Too many requests: try again in {ceil(error.retry_after or 60)} s"
        return f"The Workout API cannot do it just now: {error.detail}. Try again in a moment"


def _token() -> str | None:
    """The access token that the caller's own was exchanged for; None over stdio."""
    caller = get_access_token()
    return caller.token if caller else None


def _silent(name: str, service: Service, addresses: Addresses) -> str:
    return f"The {name} does not answer at {addresses.of(service)}: start it with `make run`, or try again in a moment"
