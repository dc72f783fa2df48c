"""`/admin/jobs`: start a task of the worker by hand, and see what became of it. For the role admin."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from api.database import DatabaseUnavailable
from api.edge.callers import AccountDisabled
from api.edge.dependencies import Admin, At, Forbidden
from api.edge.limits import LimitCaller
from api.jobs.errors import JobNotFound, QueueUnavailable, TaskIsRunning
from api.jobs.schemas import Job, JobId
from ledger.jobs import TaskName
from runtime.limits import RateLimitExceeded
from runtime.problems import InvalidRequest, NotAuthenticated, documented

router = APIRouter(prefix="/admin/jobs", tags=["jobs"], dependencies=[Depends(LimitCaller("admin"))])

ALWAYS = (
    *(NotAuthenticated, AccountDisabled, Forbidden, RateLimitExceeded, InvalidRequest),
    *(DatabaseUnavailable, QueueUnavailable),
)
NO_STORE = {"Cache-Control": "no-store"}


@router.get("", response_model=list[Job], responses=documented(*ALWAYS))
async def list_jobs(_: Admin, at: At, response: Response) -> list[Job]:
    """What is running or waits, then the last hundred runs, whoever started them."""
    response.headers.update(NO_STORE)
    return await at.jobs.jobs()


@router.post(
    "/{name}",
    status_code=202,
    response_model=Job,
    responses=documented(*ALWAYS, TaskIsRunning),
)
async def start_job(name: TaskName, _: Admin, at: At, response: Response) -> Job:
    """Have the worker run the task of that name. `Location` says where to look what became of it."""
    job = await at.jobs.ask_for(name)
    response.headers["Location"] = job.id
    return job


@router.get("/{name}", response_model=Job, responses=documented(*ALWAYS, JobNotFound))
async def read_job(name: Annotated[JobId, Path()], _: Admin, at: At, response: Response) -> Job:
    """The job of that id, or a run by the clock or by a command."""
    response.headers.update(NO_STORE)
    return await at.jobs.job(name)
