"""A server that assistants start themselves: what it finds, what it says, and other clients than FastMCP's."""

import json
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from pydantic_ai import Agent
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from tests.mcp.conftest import call, error
from tests.people import Person
from tests.processes import Api

pytestmark = pytest.mark.anyio

SCRIPTS = Path(__file__).parents[2] / "scripts"
READ: list[tuple[str, dict[str, Any]]] = [
    ("list-exercises", {}),
    ("calculate-volume", {}),
    ("routine-summary", {}),
    ("exercises-by-muscle", {"muscle": "legs"}),
    ("estimate-1rm", {"weight": 100, "reps": 5}),
    ("session-time", {}),
    ("recommend", {}),
    ("analyze", {}),
]


@pytest.fixture
def password_file(tmp_path: Path, anna: Person) -> Path:
    """Anna's password, as the README says to keep it."""
    file = tmp_path / "password"
    file.write_text(f"{anna.password}\n")
    return file


@pytest.fixture
def beside(api: Api, coach: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a server beside a `make run`, whose `run.json` says where things are."""
    services = {"api": api.url, "ai-coach": coach}
    (tmp_path / "run.json").write_text(json.dumps({"services": services}))
    return {"DATA_DIR": str(tmp_path)}


def stdio(environment: dict[str, str], log: Path) -> StdioTransport:
    return StdioTransport(
        sys.executable, [str(SCRIPTS / "exercises_mcp.py")], env=environment, log_file=log, keep_alive=False
    )


async def test_where_a_login_is_needed_it_says_how(beside: dict[str, str], tmp_path: Path) -> None:
    async with Client(stdio(beside, tmp_path / "log")) as client:
        said = await error(client, "list-exercises")
    assert said.startswith("The Workout API wants a login: set WORKOUT_USERNAME and WORKOUT_PASSWORD_FILE")


async def test_a_wrong_password_is_said(beside: dict[str, str], anna: Person, tmp_path: Path) -> None:
    variables = {"WORKOUT_USERNAME": anna.username, "WORKOUT_PASSWORD": "another one"}
    async with Client(stdio(beside | variables, tmp_path / "log")) as client:
        assert await error(client, "list-exercises") == "Incorrect username or password"


async def test_without_an_api_it_says_so_and_finds_it_once_it_runs(
    beside: dict[str, str], anna: Person, password_file: Path, tmp_path: Path
) -> None:
    run_file = tmp_path / "run.json"
    running = run_file.read_text()
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and never answering
        away = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        run_file.write_text(json.dumps({"services": {"api": away, "ai-coach": away}}))
        variables = {"WORKOUT_USERNAME": anna.username, "WORKOUT_PASSWORD_FILE": str(password_file)}
        async with Client(stdio(beside | variables, tmp_path / "log")) as client:
            for tool, arguments in READ:
                if tool != "estimate-1rm":
                    assert f"The Workout API does not answer at {away}" in await error(client, tool, **arguments)
            run_file.write_text(running)
            assert (await call(client, "list-exercises"))["total"] == 0


async def test_the_protocols_own_client_can_use_it(beside: dict[str, str], anna: Person, password_file: Path) -> None:
    variables = {"WORKOUT_USERNAME": anna.username, "WORKOUT_PASSWORD_FILE": str(password_file)}
    command = StdioServerParameters(
        command=sys.executable, args=[str(SCRIPTS / "exercises_mcp.py")], env=beside | variables
    )
    async with stdio_client(command) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        answer = await session.call_tool("calculate-volume", {})
    assert (answer.structured_content or {})["exercise_count"] == 0


async def test_an_agent_of_pydantic_ai_can_use_it(
    beside: dict[str, str], anna: Person, password_file: Path, add: Callable[..., Any], tmp_path: Path
) -> None:
    add(anna, name="Squat", sets=3, reps=5, weight=60)

    def model(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        if len(messages) == 1:
            assert "calculate-volume" in {tool.name for tool in info.function_tools}
            return ModelResponse(parts=[ToolCallPart("calculate-volume", {})])
        return ModelResponse(parts=[TextPart(str(messages[-1].parts[0].content))])  # type: ignore[union-attr]

    variables = {"WORKOUT_USERNAME": anna.username, "WORKOUT_PASSWORD_FILE": str(password_file)}
    toolset: MCPToolset[None] = MCPToolset(stdio(beside | variables, tmp_path / "log"), init_timeout=60)
    async with Agent(FunctionModel(model), toolsets=[toolset]) as agent:
        assert "900" in (await agent.run("How much do I lift?")).output
