"""Work that goes on beside the requests until it is cancelled."""

import asyncio


def check_cancelled() -> None:
    """Raises CancelledError where the current task was cancelled, whoever took that for something else.

    Before Python 3.12 `asyncio.wait_for`, by which redis-py waits, loses a cancellation that comes together with an
    answer or an error; work that outlives errors would outlive it, and hold up the end of its process.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def pause(seconds: float) -> None:
    """Sleep between two rounds of an endless loop. Raises CancelledError, as `check_cancelled` does."""
    check_cancelled()
    await asyncio.sleep(seconds)
