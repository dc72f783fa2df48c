"""Where the application is put together: read this file to know what a request meets."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import __version__, migrations
from api.admin import routes as admin
from api.auth import routes as auth
from api.auth.passwords import Passwords
from api.auth.tokens import Tokens
from api.database import connect
from api.edge.callers import Callers
from api.edge.dependencies import Services
from api.edge.limits import table
from api.exercises import routes as exercises
from api.health import routes as health
from api.settings import ApiSettings
from runtime import docs, problems
from runtime.edge import Edge
from runtime.limits import RateLimits
from runtime.metrics import Metrics
from runtime.probes import probes

EXPOSED = [
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
    "X-Request-Id",
    "X-Response-Time",
    "X-Total-Count",
]
# A browser that is shown our JSON has nothing to run in it.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def create_app(settings: ApiSettings) -> FastAPI:
    """The Workout API, built from values. It opens its connections when it is started, not here."""
    metrics = Metrics("api", __version__)
    app = FastAPI(
        title="Workout Tracker API",
        version=__version__,
        description="A routine, its exercises, and the people they belong to.",
        lifespan=lambda app: _lifespan(app, settings, metrics),
        generate_unique_id_function=lambda route: route.name,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        telemetry={"metrics": False, "logs": False, "operation_spans": False},
    )
    for router in (exercises.router, auth.router, admin.router, health.router):  # the most asked for first
        app.include_router(router)
    app.include_router(probes(metrics, lambda: migrations.obstacle(app.state.services.database)))
    docs.install(app)
    problems.install(app)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "If-None-Match",
                "X-Trace-Id",
                "traceparent",
            ],
            allow_credentials=True,
            expose_headers=EXPOSED,
        )
    # The last added is the outermost: first the client's address, then the edge, then CORS.
    app.add_middleware(Edge, metrics=metrics, max_body_bytes=settings.max_body_bytes, headers=HEADERS)
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI, settings: ApiSettings, metrics: Metrics) -> AsyncIterator[None]:
    keys = (settings.jwt_secret_key.get_secret_value(), *settings.jwt_previous_secret_keys)
    limits = RateLimits(
        enabled=settings.rate_limits.enabled, redis_url=settings.redis_limits_url, decisions=metrics.limited
    )
    passwords = Passwords(settings.bcrypt_rounds)
    async with connect(settings.database_url.get_secret_value(), settings.pool_size) as database:
        database.register_metrics(metrics.registry)
        tokens = Tokens(keys)
        app.state.services = Services(
            settings=settings,
            database=database,
            callers=Callers(database, tokens, private=settings.access == "private"),
            tokens=tokens,
            passwords=passwords,
            limits=limits,
            limit_table=table(settings.rate_limits),
            metrics=metrics,
        )
        settling = asyncio.create_task(limits.settle_forever())
        gc.freeze()  # what lives as long as the process need not be searched for garbage: halves the p99
        yield
        settling.cancel()
        with suppress(asyncio.CancelledError):
            await settling
        passwords.close()
