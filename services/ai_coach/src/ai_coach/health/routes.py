"""`/health`: contract §4.2, DESIGN §1 row 15."""

import asyncio
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ai_coach.edge.dependencies import At, Services

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """Always sent with status 200: what is wrong stands in it. Never found out by a question that costs something."""

    status: Literal["healthy", "degraded", "unhealthy"]
    service: Literal["ai-coach"] = "ai-coach"
    ai_model: str = Field(description="Who answers at the moment", examples=["anthropic:claude-haiku-5-5", "rules"])
    workout_api_connected: bool
    redis_connected: bool


@router.get("/health", response_model=Health)
async def health(at: At) -> Health:
    """How the coach and what it needs are. For people; probes ask `/readyz`."""
    api, redis = await asyncio.gather(at.tracker.is_healthy(), at.store.is_reachable())
    return Health(
        status=_status(at, api, redis),
        ai_model=at.coach.chain.answering,
        workout_api_connected=api,
        redis_connected=redis,
    )


def _status(at: Services, api: bool, redis: bool) -> Literal["healthy", "degraded", "unhealthy"]:
    if not api:
        return "unhealthy"
    return "healthy" if redis and not at.coach.chain.is_degraded else "degraded"
