"""Deadlines for many short pieces of work: all have equally long, so that one timer will do, which looks at the oldest.

A timer for each costs as much as waiting for a connection does (docs/decisions/0016).
"""

import asyncio
from itertools import takewhile
from time import monotonic
from typing import Any

TICK_SECONDS = 0.05


class Work:
    """A piece of work that has a deadline."""

    __slots__ = ("cancelling", "is_late", "task", "until")

    def __init__(self, until: float, task: asyncio.Task[Any]) -> None:
        self.until = until
        self.task = task
        self.cancelling = task.cancelling()
        self.is_late = False


class Deadlines:
    """`asyncio.timeout(seconds)` for a crowd: what is late is cancelled within TICK_SECONDS."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running: dict[Work, None] = {}  # the oldest first
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """How many are under way."""
        return len(self._running)

    def begin(self) -> Work:
        """The time of the current task's work begins."""
        task = asyncio.current_task()
        assert task is not None
        work = Work(monotonic() + self._seconds, task)
        self._running[work] = None
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TICK_SECONDS, self._look)
        return work

    def end(self, work: Work, error: BaseException | None) -> None:
        """The work is over. Raises TimeoutError where that is why it was cancelled."""
        self._running.pop(work, None)
        if work.is_late and work.task.uncancel() <= work.cancelling and isinstance(error, asyncio.CancelledError):
            raise TimeoutError from error

    def _look(self) -> None:
        now = monotonic()
        for work in list(takewhile(lambda work: work.until <= now, self._running)):
            del self._running[work]
            work.is_late = True
            work.task.cancel()
        self._timer = asyncio.get_running_loop().call_later(TICK_SECONDS, self._look) if self._running else None
