"""How every service's application is put together: what its requests meet before and after its own routes."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from runtime import docs, problems, traces
from runtime.edge import Edge
from runtime.metrics import Metrics
from runtime.probes import probes

# A browser that is shown our JSON has nothing to run in it.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
# What a page on another origin may send, and may read beside the body.
ALLOWED = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Trace-Id", "traceparent")
EXPOSED = ("ETag", "Link", "Location", "Retry-After", "RateLimit", "RateLimit-Policy")
EXPOSED_OURS = ("X-Request-Id", "X-Response-Time", "X-Total-Count")
CORS: dict[str, Any] = {
    "allow_methods": ["GET", "POST", "PATCH", "DELETE"],
    "allow_headers": ALLOWED,
    "allow_credentials": True,
    "expose_headers": (*EXPOSED, *EXPOSED_OURS),
}


def assemble(
    *,
    title: str,
    version: str,
    description: str,
    routers: Sequence[APIRouter],
    metrics: Metrics,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]],
    obstacle: Callable[[FastAPI], Awaitable[str | None]],
    max_body_bytes: int,
    cors_origins: Sequence[str],
    trusted_proxies: Sequence[str],
) -> FastAPI:
    """An application of these routers, the most asked for first: routes are tried in turn.

    `obstacle` says what keeps it from answering (see `probes`).
    """
    app = FastAPI(
        title=title,
        version=version,
        description=description,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": traces.are_on(), "metrics": False, "logs": False, "operation_spans": False},
    )
    for router in (*routers, probes(metrics, lambda: obstacle(app))):
        app.include_router(router)
    docs.install(app)
    problems.install(app)
    # The last added is the outermost: first the client's address, then the edge, then CORS.
    cors = _cors(cors_origins)
    app.add_middleware(cors)
    app.add_middleware(Edge, metrics=metrics, max_body_bytes=max_body_bytes, headers=HEADERS, around=cors)
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(trusted_proxies))
    return app


def _cors(origins: Sequence[str]) -> Callable[[ASGIApp], ASGIApp]:
    """What lets pages of these origins call; without any it does nothing, so that OPTIONS stays a 405."""
    if not origins:
        return lambda app: app
    return partial(CORSMiddleware, **CORS, allow_origins=origins)
