"""Every tool by the command line of the MCP inspector, which is `make mcp-inspector`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mcp.conftest import MakeToken
from tests.mcp.test_every_tool import CALLS, SCRIPT, arguments, consistent, valid
from tests.people import Person
from tests.processes import Api, environment

PROGRAM = Path(__file__).with_name("node_modules") / ".bin" / "mcp-inspector"
pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="needs the inspector: make mcp-inspector")


@pytest.fixture(params=["stdio", "http"])
def server(
    request: pytest.FixtureRequest, api: Api, coach: str, anna: Person, make_token: MakeToken, tmp_path: Path
) -> list[str]:
    """How the inspector gets to the server, as somebody with an empty routine who may write."""
    if request.param == "http":
        header = f"Authorization: Bearer {make_token(anna, scope='write')}"
        return ["--server-url", request.getfixturevalue("served"), "--transport", "http", "--header", header]
    variables = {"WORKOUT_API_URL": api.url, "AI_COACH_URL": coach, "DATA_DIR": str(tmp_path), "MCP_WRITE": "true"}
    account = {"WORKOUT_USERNAME": anna.username, "WORKOUT_PASSWORD": anna.password}
    pairs = [f"{name}={value}" for name, value in (variables | account).items()]
    return [*(word for pair in pairs for word in ("-e", pair)), sys.executable, str(SCRIPT)]


@pytest.mark.parametrize("era", ["legacy", "modern"])
def test_every_tool_can_be_used(server: list[str], era: str, tmp_path: Path) -> None:
    def inspect(method: str, *options: str) -> dict[str, Any]:
        how = ["--protocol-era", era, "--format", "json", "--quiet", "--method", method, *options]
        ended = subprocess.run(
            [str(PROGRAM), "--cli", *server, *how],
            env=environment(HOME=str(tmp_path)),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        found: dict[str, Any] = json.loads(ended.stdout)["result"]
        return found

    schemas = {tool["name"]: tool["outputSchema"] for tool in inspect("tools/list")["tools"]}
    assert schemas.keys() == CALLS.keys()
    answers: dict[str, dict[str, Any]] = {}
    for tool in CALLS:
        given = json.dumps(arguments(tool, answers))
        answer = inspect("tools/call", "--tool-name", tool, "--tool-args-json", given)
        assert not answer.get("isError"), answer
        answers[tool] = valid(answer["structuredContent"], schemas[tool])
    consistent(answers)
