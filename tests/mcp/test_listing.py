"""What every assistant reads before it asks anything: small, stable, explicit, and without anything hidden."""

import hashlib
import json
import re
import unicodedata
from typing import Any

import pytest
from fastapi import FastAPI

from tests.mcp.conftest import MakeToken, StartApp, raw_client
from tests.people import Person, bearer

pytestmark = pytest.mark.anyio

MAX_CHARACTERS = 15_000  # 4,000 tokens: OpenAI's o200k_base makes one of 3.97 characters of it, cl100k_base of 4.14
# Descriptions steer assistants, so none of them changes unnoticed. When you change one on purpose, so does this.
PINNED = "e916d0ac42d3b39149faff5e7482f56d99f71828901ff0ecf4d9232c46865d48"
HINTS = {"title", "readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


async def listing(app: FastAPI, token: str) -> str:
    """`tools/list` as it goes over the wire, without the words of the protocol around it."""
    headers = bearer(token) | {"Accept": "application/json, text/event-stream"}
    async with raw_client(app, headers=headers) as client:
        answer = await client.post("/mcp", json=LIST)
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.json()["result"]["tools"], ensure_ascii=False, separators=(",", ":"))


@pytest.fixture
async def listed(app: FastAPI, anna: Person, make_token: MakeToken) -> str:
    """With the tools that write."""
    return await listing(app, make_token(anna, scope="write"))


async def test_it_is_small(listed: str) -> None:
    assert len(listed) < MAX_CHARACTERS


async def test_it_is_pinned(listed: str) -> None:
    assert hashlib.sha256(listed.encode()).hexdigest() == PINNED


async def test_it_is_the_same_every_time(start_app: StartApp, anna: Person, make_token: MakeToken, listed: str) -> None:
    assert await listing(await start_app(write=True), make_token(anna, scope="write")) == listed


async def test_without_writing_it_is_the_same_but_shorter(
    app: FastAPI, anna: Person, make_token: MakeToken, listed: str
) -> None:
    assert json.loads(await listing(app, make_token(anna))) == json.loads(listed)[:-2]


async def test_nothing_in_it_is_hidden(listed: str) -> None:
    strange = {character for character in listed if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cn", "Zl")}
    assert strange == set()
    assert listed.isascii()


async def test_every_tool_says_what_it_is(listed: str) -> None:
    tools: list[dict[str, Any]] = json.loads(listed)
    for tool in tools:
        hints = tool["annotations"]
        assert set(hints) == {"title", "readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"}, tool[
            "name"
        ]
        assert hints["openWorldHint"] is False
        assert hints["readOnlyHint"] is (tool["name"] not in ("add-exercise", "update-exercise"))
        assert 20 <= len(tool["description"]) <= 250
        assert tool["inputSchema"]["additionalProperties"] is False
        assert tool["outputSchema"]["type"] == "object"
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", tool["name"])
