"""Where the application is put together: read this file to know what a request meets."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.middleware import Middleware

from api import __version__, migrations
from api.admin import routes as admin
from api.auth import routes as auth
from api.database import connect
from api.edge.callers import Callers
from api.edge.dependencies import Services
from api.edge.hot import ShortCut
from api.edge.jwt import Tokens
from api.edge.limits import table
from api.edge.passwords import Passwords
from api.exercises import routes as exercises
from api.health import routes as health
from api.jobs import routes as jobs
from api.jobs.queue import JobQueue
from api.settings import ApiSettings
from api.tokens import routes as tokens
from runtime import docs
from runtime.application import assemble
from runtime.limits import RateLimits
from runtime.metrics import Metrics


def create_app(settings: ApiSettings) -> FastAPI:
    """The Workout API, built from values. It opens its connections when it is started, not here."""
    metrics = Metrics("api", __version__)
    app = assemble(
        title="Workout Tracker API",
        version=__version__,
        description="A routine, its exercises, and the people they belong to.",
        routers=(
            exercises.hot,
            exercises.edits,
            auth.router,
            tokens.router,
            admin.router,
            jobs.router,
            health.router,
        ),
        metrics=metrics,
        lifespan=lambda app: _lifespan(app, settings, metrics),
        obstacle=lambda app: migrations.obstacle(app.state.services.database),
        max_body_bytes=settings.max_body_bytes,
        cors_origins=settings.cors_origins,
        trusted_proxies=settings.trusted_proxies,
    )
    app.user_middleware.append(Middleware(ShortCut))  # the innermost
    docs.make_login_optional(app, "/auth/logout", *(["/exercises"] if settings.access == "open" else []))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI, settings: ApiSettings, metrics: Metrics) -> AsyncIterator[None]:
    keys = (settings.jwt_secret_key.get_secret_value(), *settings.jwt_previous_secret_keys)
    limits = RateLimits(
        enabled=settings.rate_limits.enabled, redis_url=settings.redis_limits_url, decisions=metrics.limited
    )
    passwords = Passwords(settings.bcrypt_rounds)
    queue = JobQueue(settings.redis_jobs_url)
    async with connect(settings.database_url.get_secret_value(), settings.pool_size) as database:
        database.register_metrics(metrics.registry)
        signer = Tokens(keys)
        app.state.services = Services(
            settings=settings,
            database=database,
            callers=Callers(database, signer, private=settings.access == "private"),
            tokens=signer,
            passwords=passwords,
            limits=limits,
            limit_table=table(settings.rate_limits),
            metrics=metrics,
            jobs=queue,
        )
        settling = asyncio.create_task(limits.settle_forever())
        gc.freeze()  # what lives as long as the process need not be searched for garbage: halves the p99
        yield
        settling.cancel()
        with suppress(asyncio.CancelledError):
            await settling
        passwords.close()
        await queue.close()
