"""`/` and `/health`: contract §3.2 and §3.3."""

from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from api import __version__
from api.database import DatabaseUnavailable
from api.edge.dependencies import Reads
from api.edge.limits import LimitAddress
from api.exercises import queries
from runtime.limits import RateLimitExceeded
from runtime.problems import documented

router = APIRouter(tags=["health"])


class Welcome(BaseModel):
    """What this is, and where to read on."""

    message: str = "Welcome to the Workout Tracker API"
    version: str = __version__
    docs: str = "/docs"


class DatabaseHealth(BaseModel):
    """Can the database be asked?"""

    status: Literal["connected", "disconnected"]
    message: str = Field(examples=["Connected"])
    exercise_count: int | None = Field(
        description="Exercises of all routines; null when it cannot be known", examples=[42]
    )


class Health(BaseModel):
    """Always sent with status 200: what is wrong stands in it."""

    status: Literal["healthy", "unhealthy"]
    version: str = __version__
    timestamp: str = Field(examples=["2026-02-05T12:00:00Z"])
    database: DatabaseHealth


@router.get(
    "/", response_model=Welcome, responses=documented(RateLimitExceeded), dependencies=[Depends(LimitAddress("public"))]
)
async def welcome() -> Welcome:
    """What this is."""
    return Welcome()


@router.get("/health", response_model=Health)
async def health(database: Reads) -> Health:
    """How the API and its database are. For people; probes ask `/readyz`."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        total = (await queries.state(database, None)).total
    except DatabaseUnavailable:
        gone = DatabaseHealth(status="disconnected", message="The database cannot be reached", exercise_count=None)
        return Health(status="unhealthy", timestamp=now, database=gone)
    connected = DatabaseHealth(status="connected", message="Connected", exercise_count=total)
    return Health(status="healthy", timestamp=now, database=connected)
