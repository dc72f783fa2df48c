"""The MCP server for the protocol's own conformance suite: the product's application with nobody at the gate.

    python -m tests.mcp.conformance_server PORT

The suite cannot log in. Everything else is the product's: server, transport, Host and Origin checks.
"""

import sys
from contextlib import nullcontext

from fastapi import FastAPI

from runtime.metrics import Metrics
from runtime.server import serve
from tracker_mcp.app import serve_over_http
from tracker_mcp.server import create_server
from tracker_mcp.settings import McpSettings


def ungated(settings: McpSettings) -> FastAPI:
    """The application without its gate."""
    server = create_server(settings, credentials=None)
    return serve_over_http(server, settings, Metrics("mcp", "0"), [], nullcontext)


if __name__ == "__main__":
    serve(ungated(McpSettings()), host="127.0.0.1", port=int(sys.argv[1]))
