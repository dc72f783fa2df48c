"""One process, one server: uvicorn with the settings that all services share."""

import signal
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp


class _Stopped(BaseException):
    """SIGTERM came, before or after uvicorn minded it."""


def _stop(*_: object) -> None:
    raise _Stopped


def serve(app: ASGIApp, *, host: str, port: int, shutdown_seconds: int = 3) -> None:
    """Serve until SIGTERM or SIGINT; running requests then have `shutdown_seconds` to end."""
    # uvicorn hands the signal on when it is done. It was asked to end and did: that is no death by signal.
    signal.signal(signal.SIGTERM, _stop)
    with suppress(_Stopped):
        uvicorn.run(
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
