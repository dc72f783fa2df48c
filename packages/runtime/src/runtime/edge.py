"""The edge: what every answer carries and every request leaves behind, in one pure ASGI middleware."""

import logging
import re
from collections.abc import Callable, Mapping
from http import HTTPMethod
from random import Random
from time import perf_counter

from prometheus_client import Histogram
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.limits import quota_headers
from runtime.logs import request_fields, say
from runtime.metrics import Metrics
from runtime.problems import Problem, answer
from runtime.traces import current_trace_id

_SAFE_ID = re.compile(rb"[A-Za-z0-9._~:/+=@,#-]{1,128}")
# Version ff is invalid, 00 ends with the flags, later ones may go on (https://www.w3.org/TR/trace-context/).
_IDS = rb"(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
_TRACEPARENT = re.compile(rb"00-" + _IDS + rb"|(?!00|ff)[0-9a-f]{2}-" + _IDS + rb"(?:-.*)?")
_METHODS = frozenset(HTTPMethod)
_MAX_HEADER_BYTES = 16 * 1024
_QUIET = frozenset({"/livez", "/readyz", "/metrics"})  # probes would drown everything else

# Ids must differ, but anybody may guess them: `secrets` would ask the kernel for each.
_ids = Random()

_access = logging.getLogger("access")


class BodyTooLarge(Problem):
    """More than the limit was announced."""

    status = 413


class HeadersTooLarge(Problem):
    """RFC 6585 §5."""

    status = 431
    detail = f"The request's headers are larger than {_MAX_HEADER_BYTES} bytes"


class Edge:
    """Request id, response time, access log, metrics, body limit, HEAD, and an answer even to our own mistakes."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        max_body_bytes: int,
        headers: Mapping[str, str],
        around: Callable[[ASGIApp], ASGIApp] = lambda answer: answer,
    ) -> None:
        self._app = app
        self._around = around
        self._metrics = metrics
        self._max_body_bytes = max_body_bytes
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._series: dict[tuple[str, str, int], Histogram] = {}
        self._active = 0
        metrics.active_requests.set_function(lambda: self._active)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send, self._max_body_bytes, self._headers)
        context = request_fields.set({"request_id": exchange.request_id, "trace_id": exchange.trace_id})
        self._active += 1
        try:
            await exchange.run(self._app, self._around)
        finally:
            self._active -= 1
            self._record(scope, exchange)
            request_fields.reset(context)

    def _record(self, scope: Scope, exchange: "Exchange") -> None:
        seconds = perf_counter() - exchange.started
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        labels = route, method, status = exchange.route, method, exchange.status
        if (series := self._series.get(labels)) is None:
            series = self._series[labels] = self._metrics.requests.labels(*map(str, labels))
        series.observe(seconds)
        level = logging.DEBUG if route in _QUIET else logging.INFO
        fields = {
            "method": method,
            "route": route,
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
            "user": exchange.scope.get("user_name"),
            "client": (scope.get("client") or (None,))[0],
        }
        say(_access, level, f"{method} {scope['path']} {status}", fields)


class Exchange:
    """One request and its answer, as the edge sees them."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, max_body_bytes: int, headers: list[tuple[bytes, bytes]]
    ) -> None:
        self.started = perf_counter()
        self.status = 500
        self.request_id, self.trace_id, self._announced, self._header_bytes = read_headers(scope)
        self._head = scope["method"] == "HEAD"
        # A HEAD is a GET whose body is not sent (RFC 9110 §9.3.2); the server keeps its own scope and knows.
        self.scope = {**scope, "method": "GET"} if self._head else scope
        self.scope["request_id"], self.scope["trace_id"] = self.request_id, self.trace_id
        self._receive = receive
        self._send = send
        self._max_body_bytes = max_body_bytes
        self._received = 0
        self._headers = headers
        self._answering = False

    @property
    def route(self) -> str:
        """`/exercises/{exercise_id}`; the router's own route forgets the prefix of an included router."""
        found = self.scope.get("fastapi", {}).get("effective_route_context") or self.scope.get("route")
        return getattr(found, "path_format", None) or getattr(found, "path", None) or "unmatched"

    async def run(self, app: ASGIApp, around: Callable[[ASGIApp], ASGIApp]) -> None:
        """Answer the request; what the edge answers itself goes through `around`, as the application's answers do.

        A bug is logged with its trace and answered with 500, if nothing was sent yet.
        """
        try:
            if self._header_bytes > _MAX_HEADER_BYTES:
                await around(answer(self.scope, HeadersTooLarge()))(self.scope, self._receive, self._respond)
            elif self._announced > self._max_body_bytes:
                too_large = answer(self.scope, BodyTooLarge(self._too_large()))
                await around(too_large)(self.scope, self._receive, self._respond)
            else:
                await app(self.scope, self._receive_limited, self._respond)
        except Exception:
            logging.getLogger(__name__).exception("Unhandled error")
            if self._answering:
                raise  # the server closes the connection: a cut-off answer must not look whole
            await around(answer(self.scope, Problem()))(self.scope, self._receive, self._respond)

    async def _receive_limited(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > self._max_body_bytes:
            # FastAPI, which reads the body, would turn any other exception into a 400.
            raise HTTPException(BodyTooLarge.status, self._too_large())
        return message

    def _too_large(self) -> str:
        return f"The body is larger than {self._max_body_bytes} bytes"

    async def _respond(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._answering = True
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *self._own_headers(message)]
        elif self._head:
            message = {**message, "body": b""}
        await self._send(message)

    def _own_headers(self, message: Message) -> list[tuple[bytes, bytes]]:
        present = {name.lower() for name, _ in message.get("headers", ())}
        own = [header for header in self._headers if header[0] not in present]
        own.append((b"x-request-id", self.request_id.encode()))
        own.append((b"x-response-time", b"%.2fms" % ((perf_counter() - self.started) * 1000)))
        if quota := self.scope.get("quota"):
            own.extend(quota_headers(quota))
        return own


def read_headers(scope: Scope) -> tuple[str, str, int, int]:
    """(request id, trace id, announced length of the body, size of all headers); ids are made where none came."""
    request_id = trace_id = ""
    announced = size = 0
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name == b"x-trace-id" and _SAFE_ID.fullmatch(value):
            request_id = value.decode()
        elif name == b"traceparent" and (match := _TRACEPARENT.fullmatch(value)):
            trace_id = (match[1] or match[2]).decode()
        elif name == b"content-length" and value.isdigit():
            announced = int(value[:20])
    trace_id = current_trace_id() or trace_id or f"{_ids.getrandbits(128):032x}"
    return request_id or f"{_ids.getrandbits(32):08x}", trace_id, announced, size
