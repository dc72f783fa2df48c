"""Traces over OTLP, when `OTEL_EXPORTER_OTLP_ENDPOINT` is set. Without a collector nothing is lost but the traces."""

import logging
from threading import Thread
from typing import TYPE_CHECKING

from opentelemetry import trace

LAST_SECONDS = 1.5

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider


def configure(service: str, version: str, endpoint: str | None) -> "TracerProvider | None":
    """Send this process's spans to `endpoint` (`http://collector:4318`), in the background. None: no traces.

    The exporter's other `OTEL_*` variables (headers, sampling, timeouts) are the SDK's own and keep their meaning.
    """
    if not endpoint:
        return None
    # Imported only where it is used: a fifth of a second of every start.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(
        shutdown_on_exit=False, resource=Resource.create({"service.name": service, "service.version": version})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")))
    trace.set_tracer_provider(provider)
    # A collector that is away would otherwise fill the log with a stack trace every few seconds.
    logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)
    return provider


def finish(provider: "TracerProvider | None") -> None:
    """Send what is left, for LAST_SECONDS at the most: a collector that is away must not hold up the end."""
    if provider is not None:
        sending = Thread(target=provider.shutdown, daemon=True)
        sending.start()
        sending.join(LAST_SECONDS)


def current_trace_id() -> str | None:
    """The trace of the running request as 32 hexadecimal digits, when traces are on."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None
