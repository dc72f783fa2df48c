"""One process, one server: uvicorn with the settings that all services share."""

import asyncio
import signal
import socket
import sys
import time
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LINGER_SECONDS = 1.0
FAILED_TO_START = 3  # uvicorn's own


class _Stopped(BaseException):
    """SIGTERM came, before or after uvicorn minded it."""


def _stop(*_: object) -> None:
    raise _Stopped


class _Server(uvicorn.Server):
    """uvicorn's, which tells whoever keeps a connection before it closes it."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """A request that met the end of its connection would be lost, and nobody could know whether to repeat it."""
        self.server_state.default_headers.append((b"connection", b"close"))
        until = time.monotonic() + LINGER_SECONDS
        while self._kept() and not self.force_exit and time.monotonic() < until:  # noqa: ASYNC110 -- uvicorn tells nobody
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)

    def _kept(self) -> bool:
        """Does anybody keep a connection for what they may ask next?"""
        cycles = [each.cycle for each in self.server_state.connections if isinstance(each, HttpToolsProtocol)]
        return any(cycle is None or cycle.response_complete for cycle in cycles)


def serve(app: ASGIApp, *, host: str, port: int, shutdown_seconds: int = 3) -> None:
    """Serve until SIGTERM or SIGINT; running requests then have `shutdown_seconds` to end.

    Before that, connections that are kept alive have a second in which their next answer says that it is the last.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        lifespan="on",
        http="httptools",
        log_config=None,
        access_log=False,  # the edge's line knows more
        proxy_headers=False,  # the application trusts only the proxies its settings name
        server_header=False,
        timeout_graceful_shutdown=shutdown_seconds,
    )
    server = _Server(config)
    # uvicorn hands the signal on when it is done. It was asked to end and did: that is no death by signal.
    signal.signal(signal.SIGTERM, _stop)
    with suppress(_Stopped, KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(FAILED_TO_START)
