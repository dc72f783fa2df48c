"""Where the application is put together: arq's worker, and the health server beside it, in one process.

uvicorn minds the signals. When one comes it closes the server and then ends this application's lifespan, where running
jobs are given their time: one clean shutdown for both.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from runtime.application import assemble
from runtime.metrics import Metrics
from worker import __version__
from worker.health import routes as health
from worker.health.watch import Watch
from worker.jobs.ending import end
from worker.jobs.queue import Jobs
from worker.resources import open_resources
from worker.settings import WorkerSettings

MAX_BODY_BYTES = 1024  # nobody has anything to send


def create_app(settings: WorkerSettings) -> FastAPI:
    """The Worker, built from values. It opens its connections when it is started, not here."""
    metrics = Metrics("worker", __version__)
    return assemble(
        title="Workout Tracker Worker",
        version=__version__,
        description="Scheduled work, and how it is doing.",
        routers=(health.router,),
        metrics=metrics,
        lifespan=lambda app: _lifespan(app, settings, metrics),
        obstacle=_obstacle,
        max_body_bytes=MAX_BODY_BYTES,
        cors_origins=(),
        trusted_proxies=(),
    )


async def _obstacle(app: FastAPI) -> str | None:
    return "Redis cannot be reached" if await health.queue_depth(app.state.resources) is None else None


@asynccontextmanager
async def _lifespan(app: FastAPI, settings: WorkerSettings, metrics: Metrics) -> AsyncIterator[None]:
    async with open_resources(settings) as resources:
        app.state.resources = resources
        jobs = app.state.jobs = Jobs(resources)
        watch = Watch(resources.queue, metrics.registry)
        background = [asyncio.create_task(jobs.work()), asyncio.create_task(watch.watch())]
        gc.freeze()
        yield
        await jobs.stop(settings.worker.shutdown)
        await end(background)
