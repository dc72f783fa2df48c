"""Ending asyncio's tasks for certain."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

AGAIN_SECONDS = 1.0


async def end(tasks: Iterable["asyncio.Future[Any]"]) -> None:
    """Cancel them until they are gone, and raise nothing of theirs.

    One cancellation is not enough: redis-py looks into its sockets with a timeout of 0 seconds, and a cancellation
    that comes at the moment of that timeout is taken for it.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=AGAIN_SECONDS)


async def finish(clean_up: Coroutine[Any, Any, None]) -> None:
    """Wait until it is done, however often the waiter is cancelled meanwhile.

    It has a task of its own: before Python 3.11.3 a time limit, which redis-py sets, ends in CancelledError wherever
    the task has been cancelled once.
    """
    cleaning, cancelled = asyncio.create_task(clean_up), False
    while not cleaning.done():
        try:
            await asyncio.wait((cleaning,))
        except asyncio.CancelledError:
            cancelled = True
    cleaning.result()
    if cancelled:
        raise asyncio.CancelledError
