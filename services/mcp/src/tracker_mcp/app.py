"""The HTTP application: the MCP endpoint at `/mcp`, and what every service has around it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI
from fastmcp import FastMCP
from fastmcp.server.http import StarletteWithLifespan
from limits import parse
from starlette.middleware import Middleware
from starlette.routing import Route

from runtime.application import assemble
from runtime.limits import RateLimits
from runtime.metrics import Metrics
from tracker_client import TrackerClient
from tracker_mcp import __version__
from tracker_mcp.addresses import Addresses
from tracker_mcp.backend import RETRIES, USER_AGENT
from tracker_mcp.endpoint import PATH, Endpoint
from tracker_mcp.gate import Gate
from tracker_mcp.server import create_server
from tracker_mcp.settings import McpSettings


def create_app(settings: McpSettings) -> FastAPI:
    """The MCP server over HTTP, built from values. Raises PlainError where the API is nowhere to be found."""
    metrics = Metrics("mcp", __version__)
    limits = RateLimits(enabled=settings.limits_enabled, redis_url=settings.redis_limits_url, decisions=metrics.limited)
    tracker = _tracker(settings)
    gate = Middleware(
        Gate,
        tracker=tracker,
        limits=limits,
        by_token=parse(settings.limit_token),
        by_address=parse(settings.limit_address),
    )
    # Without credentials: a caller without a token of their own reads nothing, whatever else may go wrong.
    server = create_server(settings, credentials=None)
    return serve_over_http(server, settings, metrics, [gate], lambda: _running(tracker, limits))


def serve_over_http(
    server: FastMCP[Any],
    settings: McpSettings,
    metrics: Metrics,
    middleware: list[Middleware],
    running: Callable[[], AbstractAsyncContextManager[None]],
    *,
    sessions: bool = False,
) -> FastAPI:
    """`server` at PATH behind `middleware`, while what `running` gives is entered."""
    inner = _endpoint(server, settings, middleware, sessions)
    app = assemble(
        title="Workout Tracker MCP server",
        version=__version__,
        description=f"The routine for AI assistants: speak the Model Context Protocol at {PATH}.",
        routers=(),
        metrics=metrics,
        lifespan=lambda _: _both(running(), inner),
        obstacle=_no_obstacle,
        max_body_bytes=settings.max_body_bytes,
        cors_origins=settings.allowed_origins,
        trusted_proxies=settings.trusted_proxies,
    )
    app.router.routes.append(Route(PATH, Endpoint(inner), include_in_schema=False))
    return app


def _endpoint(
    server: FastMCP[Any], settings: McpSettings, middleware: list[Middleware], sessions: bool
) -> StarletteWithLifespan:
    """Without `sessions` any replica can take any request, and no tool can ask its caller back."""
    return server.http_app(
        path=PATH,
        middleware=middleware,
        json_response=not sessions,
        stateless_http=not sessions,
        host_origin_protection=True,
        allowed_hosts=list(settings.allowed_hosts),
        allowed_origins=list(settings.allowed_origins),
    )


@asynccontextmanager
async def _both(running: AbstractAsyncContextManager[None], inner: StarletteWithLifespan) -> AsyncIterator[None]:
    async with running, inner.lifespan(inner):
        yield


async def _no_obstacle(_: FastAPI) -> None:
    """Nothing that it needs would be mended by keeping requests away: a lost API is said in each answer."""


@asynccontextmanager
async def _running(tracker: TrackerClient, limits: RateLimits) -> AsyncIterator[None]:
    settling = asyncio.create_task(limits.settle_forever())
    async with tracker:
        yield
    settling.cancel()
    with suppress(asyncio.CancelledError):
        await settling


def _tracker(settings: McpSettings) -> TrackerClient:
    """The service account's client."""
    url = Addresses({"api": settings.api_url}, settings.data_dir, is_guessing=False).of("api")
    return TrackerClient(
        url, user_agent=USER_AGENT, credentials=settings.credentials, timeout=settings.timeout, retries=RETRIES
    )
