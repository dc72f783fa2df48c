"""Errors in words that an assistant can act on."""

import logging
from typing import Any

from fastmcp.exceptions import ResourceError, ToolError, ValidationError
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from mcp_types import CallToolRequestParams, ReadResourceRequestParams
from pydantic import ValidationError as Invalid

MAX_ERRORS = 5
MAX_NAME = 100  # longer than all of ours; refusals repeat what was asked for


class PlainError(ToolError):
    """Something that an assistant, or whoever runs it, can mend: no error of ours."""

    def __init__(self, text: str) -> None:
        super().__init__(text, log_level=logging.INFO)


class PlainErrors(Middleware):
    """Names the arguments that are wrong, without what was sent and without addresses of documentation."""

    async def on_call_tool(
        self, context: MiddlewareContext[CallToolRequestParams], call_next: CallNext[CallToolRequestParams, Any]
    ) -> Any:
        """Pass the call on; explain a refusal of its arguments."""
        if len(name := context.message.name) > MAX_NAME:
            raise PlainError(f"Unknown tool: {name[:MAX_NAME]!r}…")
        try:
            return await call_next(context)
        except ValidationError as error:
            if not isinstance(error.__cause__, Invalid):
                raise
            raise PlainError(_explain(error.__cause__)) from error

    async def on_read_resource(
        self, context: MiddlewareContext[ReadResourceRequestParams], call_next: CallNext[ReadResourceRequestParams, Any]
    ) -> Any:
        """Pass it on."""
        if len(uri := str(context.message.uri)) > MAX_NAME:
            raise ResourceError(f"Resource not found: {uri[:MAX_NAME]!r}…")
        return await call_next(context)


def _explain(error: Invalid) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    lines = [f"{'.'.join(map(str, each['loc']))[:100]}: {each['msg']}" for each in found[:MAX_ERRORS]]
    return "Invalid arguments. " + "; ".join(lines)
