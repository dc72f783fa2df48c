"""One call for everybody who wants its outcome at the same time."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Whoever comes while a call with the same arguments is under way gets that one's outcome, be it an error.

    With a lock instead, fifty callers would each find out in turn, one timeout after the other, that nobody answers.
    The call goes on when one of those who wait for it is cancelled, or all of them.
    """

    def __init__(self, call: Callable[..., Coroutine[Any, Any, T]]) -> None:
        self._call = call
        self._tasks: dict[tuple[Hashable, ...], asyncio.Task[T]] = {}

    async def __call__(self, *arguments: Hashable) -> T:
        if (task := self._tasks.get(arguments)) is None:
            task = self._tasks[arguments] = asyncio.create_task(self._call(*arguments))
            task.add_done_callback(lambda done: self._end(arguments, done))
        return await asyncio.shield(task)

    def _end(self, arguments: tuple[Hashable, ...], done: "asyncio.Task[T]") -> None:
        del self._tasks[arguments]
        _ = done.cancelled() or done.exception()  # everybody may have left

    async def close(self) -> None:
        """End what is under way."""
        if tasks := list(self._tasks.values()):
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
