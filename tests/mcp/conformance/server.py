"""The MCP server for the protocol's own conformance suite: the product's application with nobody at the gate.

    python -m tests.mcp.conformance.server PORT              the product's tools
    python -m tests.mcp.conformance.server PORT fixtures     and those that the suite asks for by name
    npx @modelcontextprotocol/conformance@0.2.0-alpha.12 server --url http://127.0.0.1:PORT/mcp \\
        --requirements 2026-07-28                            or 2025-11-25; with Node 22, beside `make run`

The suite cannot log in. Its fixtures talk back to the client, so with them there are sessions and streams; server,
application, Host and Origin checks are the product's.
"""

import sys
from contextlib import nullcontext

from fastapi import FastAPI

from runtime.metrics import Metrics
from runtime.server import serve
from tests.mcp.conformance import contents, questions
from tracker_mcp.app import serve_over_http
from tracker_mcp.server import create_server
from tracker_mcp.settings import McpSettings


def ungated(settings: McpSettings, *, fixtures: bool) -> FastAPI:
    """The application without its gate."""
    server = create_server(settings, credentials=None)
    if fixtures:
        for add in (contents.add_tools, contents.add_resources, contents.add_prompts):
            add(server)
        questions.add_over_sessions(server)
        questions.add_in_rounds(server)
    return serve_over_http(server, settings, Metrics("mcp", "0"), [], nullcontext, sessions=fixtures)


if __name__ == "__main__":
    serve(ungated(McpSettings(), fixtures="fixtures" in sys.argv), host="127.0.0.1", port=int(sys.argv[1]))
