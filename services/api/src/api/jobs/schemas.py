"""What crosses the wire: a task is scheduled work, a job is a wish to run one, a run its execution."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, WithJsonSchema

from ledger.jobs import TaskName
from ledger.runs import Run, Source

State = Literal["queued", "running", "done", "failed", "already_running"]
JobId = Annotated[str, Field(min_length=1, max_length=200, examples=["refresh_exercises-0123456789ab"])]
Number = Annotated[int | float, WithJsonSchema({"type": "number"})]  # a count stays one: 27, not 27.0


class Job(BaseModel):
    """A job or a run, wherever it came from. What is not known yet is null."""

    id: JobId
    task: TaskName
    state: State = Field(description="`already_running`: another run was going on, so this one did nothing")
    source: Source | None = Field(None, description="Asked of the queue, started by the clock, or by a command")
    started_at: str | None = Field(None, examples=["2026-11-22T06:00:00.123+00:00"])
    seconds: float | None = None
    result: dict[str, Number] | None = Field(None, examples=[{"processed": 42, "skipped": 0, "failed": 0}])
    error: str | None = None

    @classmethod
    def of(cls, run: Run) -> "Job":
        """A run that has ended."""
        return cls(
            id=run.id,
            task=run.task,
            state=run.outcome,
            source=run.source,
            started_at=run.started_at,
            seconds=run.seconds,
            result=dict(run.result) if run.result is not None else None,
            error=run.error,
        )
