"""Scheduled tasks and the queue that a job of one waits in: arq's, in the worker's database, as JSON."""

import json
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
    """The other way round."""
    value: dict[str, Any] = json.loads(data)
    return value
