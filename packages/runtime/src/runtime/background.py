"""Loops that go on beside the requests until they are cancelled."""

import asyncio


async def pause(seconds: float) -> None:
    """Sleep between two rounds of such a loop. Raises CancelledError, also for a cancellation that a round has lost.

    Before Python 3.12 `asyncio.wait_for`, by which redis-py waits, loses one that comes together with an answer or an
    error; a loop that outlives errors would outlive its cancellation, and hold up the end of its process.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
    await asyncio.sleep(seconds)
