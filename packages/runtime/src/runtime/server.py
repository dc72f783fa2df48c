"""One process, one server: uvicorn with the settings that all services share."""

import uvicorn
from starlette.types import ASGIApp


def serve(app: ASGIApp, *, host: str, port: int, shutdown_seconds: int = 3) -> None:
    """Serve until SIGTERM or SIGINT; running requests then have `shutdown_seconds` to end."""
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
