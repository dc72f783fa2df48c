"""Every tool with every client that speaks Python, over stdio and HTTP, in both eras of the protocol."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import jsonschema_rs
import pytest
from fastmcp import Client
from fastmcp.client.transports import ClientTransport, StdioTransport, StreamableHttpTransport
from pydantic_ai.mcp import MCPToolset

from tests.mcp.conftest import MakeToken
from tests.people import Person
from tests.processes import Api

pytestmark = pytest.mark.anyio

SCRIPT = Path(__file__).parents[2] / "scripts" / "exercises_mcp.py"
ERAS = {"2026-07-28": "2026-07-28", "legacy": "2025-11-25"}
# In this order: what is added first can be found later.
CALLS: dict[str, dict[str, Any]] = {
    "add-exercise": {"name": "Squat", "sets": 3, "reps": 5, "weight": 60},
    "list-exercises": {},
    "get-exercise": {},
    "calculate-volume": {},
    "routine-summary": {},
    "exercises-by-muscle": {"muscle": "legs"},
    "estimate-1rm": {"weight": 100, "reps": 5},
    "session-time": {},
    "recommend": {},
    "analyze": {},
    "update-exercise": {"sets": 4},
}
BY_ID = {"get-exercise", "update-exercise"}


@pytest.fixture(params=["stdio", "http"])
def transport(
    request: pytest.FixtureRequest, api: Api, coach: str, anna: Person, make_token: MakeToken, tmp_path: Path
) -> Iterator[ClientTransport]:
    """A way to the server, as somebody with an empty routine who may write."""
    if request.param == "http":
        yield StreamableHttpTransport(request.getfixturevalue("served"), auth=make_token(anna, scope="write"))
        return
    variables = {"WORKOUT_API_URL": api.url, "AI_COACH_URL": coach, "DATA_DIR": str(tmp_path), "MCP_WRITE": "true"}
    account = {"WORKOUT_USERNAME": anna.username, "WORKOUT_PASSWORD": anna.password}
    log = tmp_path / "log"
    yield StdioTransport(sys.executable, [str(SCRIPT)], env=variables | account, log_file=log, keep_alive=False)
    assert "rror" not in log.read_text()


def arguments(tool: str, answers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Good ones."""
    return CALLS[tool] | ({"exercise_id": answers["add-exercise"]["exercise"]["id"]} if tool in BY_ID else {})


def consistent(answers: dict[str, dict[str, Any]]) -> None:
    """Do all speak of the exercise that was added?"""
    added = answers["add-exercise"]["exercise"]
    assert added == answers["get-exercise"]["exercise"] == answers["update-exercise"]["before"]
    assert answers["update-exercise"]["exercise"] == added | {"sets": 4}
    assert answers["list-exercises"]["items"] == [added]


def valid(answer: object, schema: dict[str, Any] | None) -> dict[str, Any]:
    """The answer, which is what its tool has promised."""
    assert schema
    assert isinstance(answer, dict)
    jsonschema_rs.validator_for(schema).validate(answer)
    return answer


@pytest.mark.parametrize("era", ERAS)
async def test_fastmcps_client_can_use_everything(transport: ClientTransport, era: str) -> None:
    answers: dict[str, dict[str, Any]] = {}
    async with Client(transport, mode=era) as client:
        assert client.protocol_version == ERAS[era]
        schemas = {tool.name: tool.output_schema for tool in await client.list_tools()}
        assert schemas.keys() == CALLS.keys()
        for tool in CALLS:
            called = await client.call_tool(tool, arguments(tool, answers))
            answers[tool] = valid(called.structured_content, schemas[tool])
        consistent(answers)
        for resource in await client.list_resources():
            [text] = await client.read_resource(resource.uri)
            assert "Squat" in text.text
            assert text.mime_type == resource.mime_type
        [prompt] = await client.list_prompts()
        assert "routine-summary" in (await client.get_prompt(prompt.name)).messages[0].content.text


@pytest.mark.parametrize("era", ERAS)
async def test_pydantic_ais_client_can_use_every_tool(transport: ClientTransport, era: str) -> None:
    answers: dict[str, dict[str, Any]] = {}
    client = Client(transport, mode=era)
    async with MCPToolset[None](client) as toolset:
        assert client.protocol_version == ERAS[era]
        schemas = {tool.name: tool.output_schema for tool in await toolset.list_tools()}
        assert schemas.keys() == CALLS.keys()
        for tool in CALLS:
            called = await toolset.direct_call_tool(tool, arguments(tool, answers))
            answers[tool] = valid(json.loads(called) if isinstance(called, str) else called, schemas[tool])
        consistent(answers)


async def test_without_a_token_a_client_is_refused_and_not_sent_to_log_in(served: str) -> None:
    async with httpx.AsyncClient() as client:
        refused = await client.post(served, json={})
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    with pytest.raises(Exception, match="Server returned an error response"):
        async with Client(served):
            pass


async def test_a_client_that_wants_to_log_in_is_told_at_once_that_it_cannot(served: str) -> None:
    with pytest.warns(UserWarning, match="in-memory token storage"):
        client = Client(served, auth="oauth")
    with anyio.fail_after(60), pytest.raises(RuntimeError, match="Registration failed: 404"):
        async with client:
            pass
