"""How every tool is registered: names with hyphens, explicit annotations, a time limit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastmcp import FastMCP
from fastmcp.tools import Tool
from fastmcp.utilities.authorization import AuthCheck, require_scopes
from mcp_types import ToolAnnotations
from pydantic import BaseModel

from tracker_mcp.slim import inputs, output

WRITE_SCOPE = "write"


@dataclass(frozen=True, slots=True)
class Registry:
    """Adds tools to a server. `timeout` is in seconds, for everything that a tool waits for together."""

    server: FastMCP
    timeout: float

    def read(self, title: str, function: Callable[..., Any], *answers: type[BaseModel]) -> None:
        """A tool that changes nothing, and asks nobody but this system. It answers one of `answers`."""
        hints = ToolAnnotations(read_only_hint=True, idempotent_hint=True, destructive_hint=False)
        self._add(title, function, answers, hints, None)

    def write(self, title: str, function: Callable[..., Any], *answers: type[BaseModel], overwrites: bool) -> None:
        """A tool that changes the routine; over HTTP only for tokens of scope `write`."""
        hints = ToolAnnotations(read_only_hint=False, idempotent_hint=False, destructive_hint=overwrites)
        self._add(title, function, answers, hints, require_scopes(WRITE_SCOPE))

    def _add(
        self,
        title: str,
        function: Callable[..., Any],
        answers: Sequence[type[BaseModel]],
        hints: ToolAnnotations,
        auth: AuthCheck | None,
    ) -> None:
        tool = Tool.from_function(
            function,
            name=function.__name__.replace("_", "-"),
            # Left out, the protocol takes a tool for open to the world.
            annotations=hints.model_copy(update={"title": title, "open_world_hint": False}),
            output_schema=output(*answers),
            timeout=self.timeout,
            auth=auth,
        )
        tool.parameters = inputs(tool.parameters)
        self.server.add_tool(tool)
