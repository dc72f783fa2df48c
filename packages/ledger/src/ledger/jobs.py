"""Scheduled tasks and the queue that a job of one waits in: arq's, in the worker's database, as JSON."""

import json
from collections.abc import Callable
from typing import Any, Literal, get_args
from uuid import uuid4

DATABASE = 1
QUEUE = "arq:queue"  # a sorted set of job ids, by the time at which they are due
IN_PROGRESS = "arq:in-progress:"  # with a job's id: it is being worked on

TaskName = Literal["refresh_exercises", "warmup_ai_cache", "cleanup_stale_data"]
TASKS: tuple[TaskName, ...] = get_args(TaskName)


def new_id(task: str) -> str:
    """An id for a job or a run of `task`."""
    return f"{task}-{uuid4().hex[:12]}"


def serialize(value: dict[str, Any]) -> bytes:
    """How jobs and results are written: arq's own way, pickle, runs whatever somebody has put into Redis."""
    return json.dumps(value, default=str, separators=(",", ":")).encode()


def deserialize(data: bytes) -> dict[str, Any]:
    """The other way round. Raises ValueError for what arq would stumble over: it drops what cannot be read."""
    value = json.loads(data)
    if not isinstance(value, dict):
        raise ValueError("neither a job nor a result")
    for name, is_right in RIGHT.items():
        if name in value and not is_right(value[name]):
            raise ValueError(f"{name}: {str(value[name])[:40]!r}")
    return value


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= YEAR_9999


# arq's fields of a job: function, arguments, the try that it is, and when it was enqueued, in milliseconds.
YEAR_9999 = 253_370_764_800_000
RIGHT: dict[str, Callable[[object], bool]] = {
    "f": lambda value: isinstance(value, str),
    "a": lambda value: isinstance(value, list),
    "k": lambda value: isinstance(value, dict),
    "t": lambda value: value is None or _is_count(value),
    "et": _is_count,
}
