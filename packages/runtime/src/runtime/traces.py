"""Traces over OTLP, when `OTEL_EXPORTER_OTLP_ENDPOINT` is set. Without a collector nothing is lost but the traces."""

import logging
from collections.abc import Mapping
from threading import Thread
from time import time_ns
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode

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


def are_on() -> bool:
    """Is anybody given this process's spans?"""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def note(name: str, seconds: float, attributes: Mapping[str, str], error: BaseException | None = None) -> None:
    """A span of a call to a server that took so long and is just over; none outside of a request that is traced."""
    within = trace.get_current_span().get_span_context()
    if not (within.is_valid and within.trace_flags.sampled):  # not `is_recording`: the request may be over by now
        return
    end = time_ns()
    span = trace.get_tracer(__name__).start_span(
        name, kind=SpanKind.CLIENT, attributes=attributes, start_time=end - int(seconds * 1e9)
    )
    if error is not None:
        span.set_status(Status(StatusCode.ERROR))
        span.set_attribute("error.type", type(error).__qualname__)
    span.end(end)


def current_trace_id() -> str | None:
    """The trace of the running request as 32 hexadecimal digits, when traces are on."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None
