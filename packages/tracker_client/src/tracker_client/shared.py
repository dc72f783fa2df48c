"""One call for everybody who wants its outcome at the same time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Whoever comes while a call is under way gets that one's outcome, be it an error.

    With a lock instead, fifty callers would each find out in turn, one timeout after the other, that nobody answers.
    The call goes on when one of those who wait for it is cancelled.
    """

    def __init__(self, call: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._call = call
        self._task: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._call())
        return await asyncio.shield(self._task)

    async def close(self) -> None:
        """End a call that is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
