"""A server between a client and a real one that answers some requests itself: 429, or 500."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from devstack.ports import free_port

Fault = Callable[[Request], int | None]
"""The status of a fault for this request, or None to pass it on."""


@contextmanager
def faulty(target: str, fault: Fault) -> Iterator[tuple[str, list[int]]]:
    """The URL of a server in front of `target`, and the faults that it has answered with so far."""
    faults: list[int] = []
    with httpx.Client(base_url=target, timeout=30) as client:

        def answer(request: Request, body: bytes) -> Response:
            headers = {name: value for name, value in request.headers.items() if name != "host"}
            url = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
            passed = client.request(request.method, url, headers=headers, content=body)
            kept = {name: passed.headers[name] for name in ("content-type", "etag") if name in passed.headers}
            return Response(passed.content, passed.status_code, kept)

        async def endpoint(request: Request) -> Response:
            status = fault(request)
            if status is None:
                return answer(request, await request.body())
            faults.append(status)
            return Response(b"{}", status, {"Retry-After": "0"} if status == 429 else {}, "application/json")

        app = Starlette(routes=[Route("/{path:path}", endpoint, methods=["GET", "POST"])])
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            thread.join(0.01)
        yield f"http://127.0.0.1:{port}", faults
        server.should_exit = True
        thread.join()
