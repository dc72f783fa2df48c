"""Start the MCP server, ask it for everything it has, and say whether each answer is as promised.

    python scripts/mcp_probe.py                                     over stdio, beside `make run`
    MCP_TOKEN=wtt_... python scripts/mcp_probe.py http://localhost:8003/mcp     over HTTP

Nothing is changed. Ends with status 1 if any answer differs.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport

SERVER = Path(__file__).with_name("exercises_mcp.py")
Result = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A call and what must come of it: a `status`, or an error that says `error`, or something that `check` accepts."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)
    status: int | None = None
    error: str | None = None
    check: Callable[[Result], bool] = lambda _: True

    def difference(self, failed: bool, text: str, found: Result, schema: dict[str, Any]) -> str | None:
        """What is not as promised, or None."""
        if self.error is not None:
            return None if failed and self.error in text else f"expected an error with {self.error!r}, got {text[:200]}"
        if failed:
            return f"failed: {text[:300]}"
        if not jsonschema_rs.is_valid(schema, found):
            return "the answer is not what its outputSchema says"
        if self.status is not None and found.get("status") != self.status:
            return f"status is {found.get('status')}, not {self.status}"
        return None if self.check(found) else "the answer's values make no sense"


CALLS = (
    Call("list-exercises", status=200, check=lambda r: len(r["items"]) == min(r["total"], 20)),
    Call("list-exercises", {"page": 1, "page_size": 5, "sort_by": "weight", "sort_order": "desc"}, status=200),
    Call("list-exercises", {"page": 1_000_000}, status=200, check=lambda r: r["items"] == []),
    Call("list-exercises", {"page": 0}, status=400),
    Call("list-exercises", {"page_size": 201}, status=400),
    Call("list-exercises", {"sort_by": "colour"}, status=400),
    Call("list-exercises", {"sort_order": "up"}, status=400),
    Call("list-exercises", {"page": "1"}, error="page"),
    Call("list-exercises", {"color": "red"}, error="color"),
    Call("get-exercise", {"exercise_id": 0}, status=400),
    Call("get-exercise", {"exercise_id": 2_147_483_647}, status=404),
    Call("get-exercise", error="exercise_id"),
    Call(
        "calculate-volume",
        status=200,
        check=lambda r: r["exercise_count"] == r["weighted_exercises"] + r["bodyweight_exercises"],
    ),
    Call("routine-summary", check=lambda r: sum(day["exercises"] for day in r["days"]) == r["exercises"]),
    Call("exercises-by-muscle", {"muscle": "legs"}, check=lambda r: len(r["items"]) == min(r["total"], 200)),
    Call("exercises-by-muscle", {"muscle": "tail"}, error="muscle"),
    Call("estimate-1rm", {"weight": 100, "reps": 1}, check=lambda r: r["estimated_1rm_kg"] == 100),
    Call("estimate-1rm", {"weight": 100, "reps": 13}, error="reps"),
    Call("session-time", check=lambda r: all(day["minutes"] > 0 for day in r["days"])),
    Call("session-time", {"day": "no-such"}, error="no such day"),
    Call("recommend", {"session_duration_minutes": 30}, check=lambda r: r["estimated_duration_minutes"] <= 33),
    Call("recommend", {"session_duration_minutes": 5}, error="session_duration_minutes"),
    Call("analyze"),
    Call("no-such-tool", error="no-such-tool"),
)


async def probe(client: Client[Any]) -> int:
    """Print the report; how many answers differ."""
    tools = {tool.name: tool for tool in await client.list_tools()}
    print(f"Tools: {', '.join(tools)}")
    differences, calls = 0, (*CALLS, *await known(client))
    for call in calls:
        answer = await client.call_tool(call.tool, call.arguments, raise_on_error=False)
        text = getattr(answer.content[0], "text", "") if answer.content else ""
        schema = (tools[call.tool].output_schema or {}) if call.tool in tools else {}
        wrong = call.difference(answer.is_error, text, answer.structured_content or {}, schema)
        differences += wrong is not None
        shown = ", ".join(f"{name}={value!r}" for name, value in call.arguments.items())
        print(f"{'ok  ' if wrong is None else 'BAD '} {call.tool}({shown}): {wrong or text[:100]}")
    for resource in await client.list_resources():
        print(
            f"ok   {resource.uri}: {len(getattr((await client.read_resource(resource.uri))[0], 'text', ''))} characters"
        )
    for prompt in await client.list_prompts():
        print(f"ok   {prompt.name}: {len((await client.get_prompt(prompt.name)).messages)} message")
    untried = set(tools) - {call.tool for call in CALLS} - {"add-exercise", "update-exercise"}
    print(f"{len(calls)} calls, {differences} differences" + (f"; not tried: {untried}" if untried else ""))
    return differences + len(untried)


async def known(client: Client[Any]) -> list[Call]:
    """A call for an exercise that is there."""
    answer = await client.call_tool("list-exercises", {"page_size": 1}, raise_on_error=False)
    items = (answer.structured_content or {}).get("items", [])
    return [Call("get-exercise", {"exercise_id": item["id"]}, status=200, check=partial(_is, item)) for item in items]


def _is(exercise: Result, found: Result) -> bool:
    return bool(found["exercise"] == exercise)


def options() -> argparse.Namespace:
    """The command line."""
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="mcp_probe.py", description=__doc__, formatter_class=shape)
    parser.add_argument("url", nargs="?", help="of a server over HTTP, whose token is in MCP_TOKEN; else stdio")
    return parser.parse_args()


async def main(url: str | None) -> int:
    """Connect as the command line says."""
    transport: StdioTransport | StreamableHttpTransport
    if url:
        transport = StreamableHttpTransport(url, auth=os.environ.get("MCP_TOKEN"))
    else:
        transport = StdioTransport(sys.executable, [str(SERVER)], env=os.environ | {"LOG_LEVEL": "ERROR"})
    try:
        async with Client(transport) as client:
            return await probe(client)
    except Exception as error:
        print(f"BAD  the server cannot be used: {await refusal(url) or error}")
        return 1


async def refusal(url: str | None) -> str | None:
    """What the server says to a bare request, where it refuses whoever has this token: its status and its words."""
    if not url:
        return None
    headers = {"Authorization": f"Bearer {os.environ.get('MCP_TOKEN', '')}"}
    try:
        async with httpx.AsyncClient(timeout=10) as client:
            answer = await client.post(url, json={"jsonrpc": "2.0", "id": 1, "method": "ping"}, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
    hint = ": set MCP_TOKEN to a personal token" if answer.status_code == httpx.codes.UNAUTHORIZED else ""
    return f"it answers {answer.status_code}{hint}. {answer.text[:300]}" if answer.is_error else None


if __name__ == "__main__":
    sys.exit(1 if asyncio.run(main(options().url)) else 0)
