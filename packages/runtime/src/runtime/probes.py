"""`/livez`, `/readyz` and `/metrics`: what Kubernetes and Prometheus ask of every process."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Response

from runtime.metrics import Metrics
from runtime.problems import ServiceUnavailable, documented


class NotReady(ServiceUnavailable):
    """The process lives but must get no traffic yet."""

    kind = "urn:problem:not-ready"


def probes(metrics: Metrics, obstacle: Callable[[], Awaitable[str | None]]) -> APIRouter:
    """The routes. `obstacle` says in one sentence what keeps the service from answering, or None when it is ready."""
    router = APIRouter(tags=["probes"])

    @router.get("/livez", summary="Is the process alive? Asks nothing else.")
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @router.get(
        "/readyz", summary="May it get traffic? Asks what it cannot work without.", responses=documented(NotReady)
    )
    async def readyz() -> dict[str, str]:
        if sentence := await obstacle():
            raise NotReady(sentence)
        return {"status": "ready"}

    @router.get(
        "/metrics",
        summary="Prometheus metrics",
        response_class=Response,
        responses={200: {"content": {"application/openmetrics-text": {"schema": {"type": "string"}}}}},
    )
    async def read_metrics() -> Response:
        return metrics.exposition()

    return router
