"""`/health`: contract §5.1."""

import asyncio
from typing import Literal

import httpx
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from redis.exceptions import RedisError

from ledger.jobs import QUEUE
from tracker_client import TrackerError, Transport
from worker.resources import HEALTH_TIMEOUT_SECONDS, Resources

router = APIRouter(tags=["health"])


class Details(BaseModel):
    """The same, as whoever asked was answered: a status, or `unreachable`."""

    queue_depth: str = Field(examples=["0"])
    api_status: str = Field(examples=["200"])
    ai_coach_status: str = Field(examples=["200"])
    jobs: str | None = Field(None, description="What keeps the worker from working on jobs, where something does")


class Health(BaseModel):
    """Always sent with status 200: what is wrong stands in it."""

    status: Literal["healthy", "degraded", "unhealthy"]
    redis_connected: bool
    queue_depth: int = Field(description="Jobs that wait or are being worked on; 0 while nobody can tell")
    api_connected: bool
    ai_coach_connected: bool
    details: Details


@router.get("/health", response_model=Health, response_model_exclude_none=True)
async def health(request: Request) -> Health:
    """How the worker and what it needs are. For people; probes ask `/readyz`."""
    at: Resources = request.app.state.resources
    depth, api, coach = await asyncio.gather(queue_depth(at), _status(at.api), _status(at.ai_coach))
    return _health(depth, api, coach, request.app.state.jobs.failures)


async def queue_depth(at: Resources) -> int | None:
    """None when Redis cannot be reached."""
    try:
        async with asyncio.timeout(HEALTH_TIMEOUT_SECONDS):
            return int(await at.queue.zcard(QUEUE))
    except (RedisError, OSError, TimeoutError):
        return None


async def _status(neighbour: Transport) -> int | None:
    try:
        return (await neighbour.exchange("GET", "/health")).status_code
    except TrackerError:
        return None


def _health(depth: int | None, api: int | None, coach: int | None, failures: int) -> Health:
    others = api == httpx.codes.OK and coach == httpx.codes.OK and not failures
    return Health(
        status="unhealthy" if depth is None else "healthy" if others else "degraded",
        redis_connected=depth is not None,
        queue_depth=depth or 0,
        api_connected=api == httpx.codes.OK,
        ai_coach_connected=coach == httpx.codes.OK,
        details=Details(
            queue_depth="unknown" if depth is None else str(depth),
            api_status="unreachable" if api is None else str(api),
            ai_coach_status="unreachable" if coach is None else str(coach),
            jobs=f"interrupted {failures} times in a row: see the log" if failures else None,
        ),
    )
