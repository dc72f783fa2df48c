"""Prometheus metrics that every service has. Names follow OpenTelemetry's semantic conventions for HTTP."""

from fastapi import Response
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest

# https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ advises these, in seconds.
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)


class Metrics:
    """A registry of one application's own, so that two applications in a process do not share series."""

    def __init__(self, service: str, version: str) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        build = Gauge("build_info", "What runs here", ("service", "version"), registry=self.registry)
        build.labels(service, version).set(1)
        self.requests = Histogram(
            "http_server_request_duration_seconds",
            "Time from a request's first byte to its answer's last",
            ("http_route", "http_request_method", "http_response_status_code"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.active_requests = Gauge("http_server_active_requests", "Requests being answered", registry=self.registry)
        self.limited = Counter(
            "rate_limit_decisions_total",
            "Requests counted by a rate limit",
            ("policy", "allowed"),
            registry=self.registry,
        )

    def exposition(self) -> Response:
        """All metrics in the OpenMetrics text format."""
        return Response(
            generate_latest(self.registry),  # type: ignore[no-untyped-call]
            media_type=CONTENT_TYPE_LATEST,
        )
