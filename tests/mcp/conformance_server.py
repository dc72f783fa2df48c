"""The MCP server for the protocol's own conformance suite: the product's application with nobody at the gate.

    python -m tests.mcp.conformance_server PORT

The suite cannot log in. Everything else is the product's: server, transport, Host and Origin checks.
"""

import sys

from fastapi import FastAPI

from runtime.limits import RateLimits
from runtime.metrics import Metrics
from runtime.server import serve
from tracker_client import TrackerClient
from tracker_mcp.app import serve_over_http
from tracker_mcp.server import create_server
from tracker_mcp.settings import McpSettings


def ungated(settings: McpSettings) -> FastAPI:
    """The application without its gate."""
    metrics = Metrics("mcp", "0")
    limits = RateLimits(enabled=False, redis_url=None, decisions=metrics.limited)
    tracker = TrackerClient("http://127.0.0.1:1", user_agent="conformance")
    return serve_over_http(create_server(settings, credentials=None), settings, metrics, [], limits, tracker)


if __name__ == "__main__":
    serve(ungated(McpSettings()), host="127.0.0.1", port=int(sys.argv[1]))
