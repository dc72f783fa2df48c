"""Where the application is put together: read this file to know what a question meets."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress

from fastapi import FastAPI
from limits import RateLimitItem, parse
from prometheus_client import Counter

from ai_coach import __version__
from ai_coach.coach import routes as coach
from ai_coach.coach.answers import Coach
from ai_coach.coach.budget import Budget
from ai_coach.coach.cache import Cache
from ai_coach.coach.context import ContextReader
from ai_coach.coach.insights import Insights
from ai_coach.coach.metering import Meters
from ai_coach.coach.models import Chain
from ai_coach.coach.store import Store
from ai_coach.edge.callers import Callers
from ai_coach.edge.dependencies import Services
from ai_coach.exercises import routes as exercises
from ai_coach.health import routes as health
from ai_coach.settings import CACHE_DATABASE, LIMIT_DATABASE, CoachSettings
from runtime import docs
from runtime.application import assemble
from runtime.limits import RateLimits
from runtime.metrics import Metrics
from tracker_client import Credentials, Retries, TrackerClient


def create_app(settings: CoachSettings) -> FastAPI:
    """The AI Coach, built from values. It opens its connections when it is started, not here."""
    metrics = Metrics("ai-coach", __version__)
    app = assemble(
        title="Workout Tracker AI Coach",
        version=__version__,
        description="Ask about your training: answers from a language model, or from rules when there is none.",
        routers=(coach.router, exercises.router, health.router),
        metrics=metrics,
        lifespan=lambda app: _lifespan(app, settings, metrics),
        obstacle=_no_obstacle,
        max_body_bytes=settings.max_body_bytes,
        cors_origins=settings.cors_origins,
        trusted_proxies=settings.trusted_proxies,
    )
    if settings.auth == "open":
        docs.make_login_optional(app, "/chat", "/recommend", "/analyze", "/exercises")
    return app


async def _no_obstacle(_: FastAPI) -> None:
    """Nothing is shared that the coach could not do without."""


def _table(settings: CoachSettings) -> dict[str, RateLimitItem]:
    user = parse(settings.limit_user)
    return {"anonymous": parse(settings.limit_anonymous), "user": user, "service": parse(settings.limit_service)}


def _tracker(settings: CoachSettings) -> TrackerClient:
    credentials = None
    if settings.username and settings.password:
        password = settings.password
        credentials = Credentials(settings.username, password.get_secret_value)
    return TrackerClient(
        settings.api_url,
        user_agent=f"workout-tracker-ai-coach/{__version__}",
        credentials=credentials,
        timeout=settings.context_timeout,
        retries=Retries(attempts=1),  # a person waits: the answer goes without rather than late
    )


@asynccontextmanager
async def _lifespan(app: FastAPI, settings: CoachSettings, metrics: Metrics) -> AsyncIterator[None]:
    limits = RateLimits(
        enabled=settings.limits_enabled, redis_url=settings.redis(LIMIT_DATABASE), decisions=metrics.limited
    )
    store = Store(settings.redis(CACHE_DATABASE))
    budget = Budget(store, settings.daily_tokens, settings.daily_tokens_per_user)
    answered = Counter("coach_answers_total", "Answers", ("task", "source"), registry=metrics.registry)
    chain = Chain(settings, budget, Meters(metrics.registry), Insights(store))
    cache = Cache(store, settings.cache_seconds)
    async with aclosing(store), _tracker(settings) as tracker, chain.connected(), aclosing(cache):
        app.state.services = Services(
            coach=Coach(
                chain=chain,
                cache=cache,
                context=ContextReader(tracker, settings.context_timeout),
                deadline=settings.deadline,
                answered=answered,
            ),
            callers=Callers(tracker, settings.context_timeout, token_needed=settings.auth == "token"),
            tracker=tracker,
            store=store,
            limits=limits,
            limit_table=_table(settings),
        )
        settling = asyncio.create_task(limits.settle_forever())
        gc.freeze()
        yield
        settling.cancel()
        with suppress(asyncio.CancelledError):
            await settling
