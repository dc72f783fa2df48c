"""Runs of tasks: which one is going on, and what the last ones gave. All keys are in the worker's database.

`worker:lock:{task}`     who is running the task: `{run}/{token}`. It expires unless its holder lives.
`worker:runs`            the last KEPT runs, the newest first, each as JSON.
`worker:last:{task}`     the last run that worked, or failed to.
`worker:success:{task}`  the last one that was done.
`worker:totals`          counts since the beginning: `runs:{task}:{outcome}`, `seconds:{task}`, `items:{task}:{what}`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

RECENT = "worker:runs"
TOTALS = "worker:totals"
KEPT = 100

Outcome = Literal["done", "failed", "already_running"]
Source = Literal["command", "queue", "schedule"]


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a task. `id` is the job's, where there is one; `started_at` is ISO 8601 in UTC."""

    id: str
    task: str
    source: Source
    outcome: Outcome
    started_at: str
    seconds: float
    result: Mapping[str, float] | None = None
    error: str | None = None

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Run":
        """What was kept."""
        return cls(**json.loads(text))


def lock(task: str) -> str:
    """The key of the lock."""
    return f"worker:lock:{task}"


def holder(value: str | bytes) -> str:
    """The id of the run that holds a lock of this value."""
    text = value.decode(errors="replace") if isinstance(value, bytes) else value
    return text.rpartition("/")[0]


def last(task: str) -> str:
    """The key of the last run."""
    return f"worker:last:{task}"


def success(task: str) -> str:
    """The key of the last run that was done."""
    return f"worker:success:{task}"
