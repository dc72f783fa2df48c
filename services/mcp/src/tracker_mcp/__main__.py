"""`workout-mcp`: stdio for an assistant on this machine, `--http` for the network. Reads the environment, once."""

import argparse
import logging
import os
import signal
import sys
from pathlib import Path

from runtime import logs, traces
from runtime.server import serve
from runtime.settings import load
from tracker_mcp import __version__
from tracker_mcp.settings import McpSettings


def main(data_dir: Path | None = None) -> None:
    """Run as the command line says. `data_dir` counts where DATA_DIR is not set."""
    parser = argparse.ArgumentParser(prog="workout-mcp", description="The MCP server: the routine for AI assistants.")
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--http", action="store_true", help="serve streamable HTTP instead of stdio")
    arguments = parser.parse_args()

    settings = load(McpSettings)
    if data_dir and "data_dir" not in settings.model_fields_set:
        settings = settings.model_copy(update={"data_dir": data_dir})
    # Over stdio, standard output belongs to the protocol.
    logs.configure("mcp", settings.log_format, settings.log_level, stream=None if arguments.http else sys.stderr)
    provider = traces.configure("workout-mcp", __version__, settings.otlp_endpoint)
    try:
        _serve_http(settings) if arguments.http else _serve_stdio(settings)
    finally:
        traces.finish(provider)


def _serve_http(settings: McpSettings) -> None:
    from tracker_mcp.app import create_app
    from tracker_mcp.words import PlainError

    if settings.credentials is None:
        sys.exit(
            "Cannot start: with --http, WORKOUT_USERNAME and WORKOUT_PASSWORD name the account that exchanges tokens"
        )
    try:
        app = create_app(settings)
    except PlainError as error:
        sys.exit(f"Cannot start: {error}")
    _quiet()
    serve(app, host=settings.host, port=settings.port, shutdown_seconds=settings.shutdown)


def _serve_stdio(settings: McpSettings) -> None:
    from tracker_mcp.server import create_server

    server = create_server(settings, credentials=settings.credentials)
    _quiet()
    # Python's own handler waits for the thread that reads standard input, so until somebody types. Nor a handler of
    # ours: one that is due just before the loop goes to sleep is not called until something wakes it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        server.run(show_banner=False)
    except* BrokenPipeError:  # whoever listened has gone, and what is left to write with it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _quiet() -> None:
    """FastMCP logs in colours and over many lines to a handler of its own; its lines are to look like all others."""
    for name in ("fastmcp", "mcp"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("mcp.server.streamable_http").addFilter(_is_of_ours)


def _is_of_ours(record: logging.LogRecord) -> bool:
    """A request that breaks off is its sender's affair; the access log has it."""
    from starlette.requests import ClientDisconnect

    return not (record.exc_info and isinstance(record.exc_info[1], ClientDisconnect))


if __name__ == "__main__":
    main()
