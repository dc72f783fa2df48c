"""`/chat`, `/recommend` and `/analyze`: contract §4.3 to §4.5."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ai_coach.coach import streaming
from ai_coach.coach.errors import NothingToAnalyze
from ai_coach.coach.schemas import (
    ChatRequest,
    ChatResponse,
    ProgressAnalysis,
    RecommendationRequest,
    WorkoutRecommendation,
)
from ai_coach.edge.dependencies import Asking, At
from ai_coach.edge.errors import ApiUnreachable
from runtime.limits import RateLimitExceeded
from runtime.problems import InvalidRequest, NotAuthenticated, documented

router = APIRouter(tags=["coach"])

ALWAYS = (NotAuthenticated, RateLimitExceeded, ApiUnreachable)
BODY = (*ALWAYS, InvalidRequest, 413, 415)


@router.post("/chat", response_model=ChatResponse, responses=documented(*BODY))
async def chat(asked: ChatRequest, caller: Asking, at: At) -> ChatResponse:
    """Ask the coach."""
    return await at.coach.chat(asked, caller)


@router.post("/chat/stream", response_class=EventSourceResponse, responses=documented(*BODY))
async def chat_stream(asked: ChatRequest, caller: Asking, at: At) -> AsyncIterator[ServerSentEvent]:
    """Ask the coach and read along: events `delta` (`text`), then `done` (a ChatResponse) or `error`."""
    async with aclosing(streaming.stream(at.coach, asked, caller)) as events:
        async for event in events:
            yield event


@router.post("/recommend", response_model=WorkoutRecommendation, responses=documented(*BODY))
async def recommend(wanted: RecommendationRequest, caller: Asking, at: At) -> WorkoutRecommendation:
    """Have a session planned that fits your equipment, time and focus."""
    return await at.coach.recommend(wanted, caller)


@router.get("/analyze", response_model=ProgressAnalysis, responses=documented(*ALWAYS, NothingToAnalyze))
async def analyze(caller: Asking, at: At) -> ProgressAnalysis:
    """Learn what your routine is good at and what it lacks."""
    return await at.coach.analyze(caller)
