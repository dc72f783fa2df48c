"""Every tool by the command line of the MCP inspector, as `make mcp-inspector` installs it and names it here."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.mcp.conftest import MakeToken
from tests.mcp.test_every_tool import BY_ID, CALLS, SCRIPT, arguments, valid
from tests.people import Person
from tests.processes import Api, environment

PROGRAM = os.environ.get("MCP_INSPECTOR", "")
WITH_NODE = Path(__file__).parents[3] / "services" / "frontend" / "with-node"
ERAS = {"modern": "2026-07-28", "legacy": "2025-11-25"}
NO_LOGIN = 3
Row = dict[str, Any]

pytestmark = pytest.mark.skipif(not PROGRAM, reason="needs the MCP inspector: make mcp-inspector")
every_era = pytest.mark.parametrize("era", ERAS)


def inspector(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """It, in a home of its own, where nobody has logged in before."""
    return subprocess.run(
        [WITH_NODE, PROGRAM, "--cli", "--format", "json", "--quiet", "--stored-auth-only", *arguments],
        env=environment(HOME=str(home), NODE_AT_LEAST="22.19"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def row(anna: Person, add: Callable[..., Row]) -> Row:
    """An exercise that is there already."""
    return add(anna, name="Squat", weight=60)


@pytest.fixture(params=["stdio", "http"])
def server(
    request: pytest.FixtureRequest, api: Api, coach: str, anna: Person, make_token: MakeToken, tmp_path: Path
) -> list[str]:
    """How the inspector gets to the server, as somebody who may write."""
    if request.param == "http":
        header = f"Authorization: Bearer {make_token(anna, scope='write')}"
        return ["--server-url", request.getfixturevalue("served"), "--transport", "http", "--header", header]
    variables = {"WORKOUT_API_URL": api.url, "AI_COACH_URL": coach, "DATA_DIR": str(tmp_path), "MCP_WRITE": "true"}
    account = {"WORKOUT_USERNAME": anna.username, "WORKOUT_PASSWORD": anna.password}
    pairs = [f"{name}={value}" for name, value in (variables | account).items()]
    return [*(word for pair in pairs for word in ("-e", pair)), sys.executable, str(SCRIPT)]


@pytest.fixture(scope="session")
def promised(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """What each tool says that it answers. To say it, the server needs nobody."""
    home = tmp_path_factory.mktemp("inspector")
    return listed(home, "-e", f"DATA_DIR={home}", "-e", "MCP_WRITE=true", sys.executable, str(SCRIPT))


def result(ended: subprocess.CompletedProcess[str]) -> Row:
    """What came back, if all went well."""
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: Row = json.loads(ended.stdout)["result"]
    return found


def listed(home: Path, *server: str) -> dict[str, Row]:
    """The schemas of all answers. With --strict, one that some assistants cannot read is an error."""
    tools = result(inspector(home, *server, "--method", "tools/list", "--strict"))["tools"]
    return {tool["name"]: tool["outputSchema"] for tool in tools}


@every_era
def test_it_finds_every_tool(server: list[str], era: str, promised: dict[str, Row], tmp_path: Path) -> None:
    chosen = [*server, "--protocol-era", era]
    assert result(inspector(tmp_path, *chosen, "--method", "initialize"))["protocolVersion"] == ERAS[era]
    assert listed(tmp_path, *chosen) == promised
    assert promised.keys() == CALLS.keys()


@every_era
@pytest.mark.parametrize("tool", CALLS)
def test_a_tool_answers_what_it_promised(
    server: list[str], era: str, tool: str, promised: dict[str, Row], row: Row, tmp_path: Path
) -> None:
    given = json.dumps(arguments(tool, {"add-exercise": {"exercise": row}}))
    call = ("--protocol-era", era, "--method", "tools/call", "--tool-name", tool, "--tool-args-json", given)
    found = result(inspector(tmp_path, *server, *call))
    assert not found.get("isError"), found
    answer = valid(found["structuredContent"], promised[tool])
    if tool in BY_ID:
        assert answer["before" if tool == "update-exercise" else "exercise"] == row


@every_era
def test_without_a_token_it_says_that_one_is_needed(served: str, era: str, tmp_path: Path) -> None:
    where = ("--server-url", served, "--transport", "http", "--protocol-era", era)
    ended = inspector(tmp_path, *where, "--method", "tools/list")
    assert (ended.returncode, ended.stdout) == (NO_LOGIN, "")
    assert json.loads(ended.stderr)["error"]["code"] == "auth_required"
