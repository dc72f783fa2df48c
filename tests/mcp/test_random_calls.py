"""Random calls of every tool: each gives a valid answer or a clear error, and nothing is logged as our own mistake.

`MCP_RANDOM_CALLS=1000` makes as many of each tool; a usual run makes few.
"""

import logging
import os
from collections.abc import Callable
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from fastapi import FastAPI

from tests.mcp.conftest import MakeToken, assistant
from tests.mcp.generated import arguments
from tests.people import Person

pytestmark = pytest.mark.anyio

CALLS = int(os.environ.get("MCP_RANDOM_CALLS", "25"))
TOOLS = (
    *("list-exercises", "get-exercise", "calculate-volume", "routine-summary", "exercises-by-muscle", "estimate-1rm"),
    *("session-time", "recommend", "analyze", "add-exercise", "update-exercise"),
)
# How a sentence begins that an assistant can act on.
CLEAR = (
    *("Invalid arguments. ", "There is no such day", "Nothing to change", "Give either", "Exercise not found"),
    *(
        "The AI Coach says: ",
        "name: ",
        "workout_day: ",
        "The request is invalid",
        "equipment_available",
        "request_key: ",
    ),
)
OUR_FAULT = ("Internal server error", "Error calling tool", "Traceback", "does not answer")


async def test_every_tool_is_called(app: FastAPI, anna: Person, make_token: MakeToken) -> None:
    async with assistant(app, make_token(anna, scope="write")) as client:
        assert tuple(tool.name for tool in await client.list_tools()) == TOOLS


@pytest.mark.parametrize("name", TOOLS)
async def test_random_calls_are_answered_or_explained(
    app: FastAPI,
    anna: Person,
    make_token: MakeToken,
    add: Callable[..., Any],
    name: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    row = add(anna, name="Bench Press", weight=60)
    random = Random(name)
    answered = 0
    with caplog.at_level(logging.WARNING):
        async with assistant(app, make_token(anna, scope="write")) as client:
            tool = next(each for each in await client.list_tools() if each.name == name)
            validator = jsonschema_rs.validator_for(tool.output_schema or False)
            for _ in range(CALLS):
                given = arguments(tool.input_schema, random)
                if given.get("exercise_id") == 1:
                    given["exercise_id"] = row["id"]
                answer = await client.call_tool(name, given, raise_on_error=False)
                text = getattr(answer.content[0], "text", "")
                if answer.is_error:
                    assert text.startswith(CLEAR), (given, text)
                    assert not any(word in text for word in OUR_FAULT), (given, text)
                else:
                    answered += 1
                    validator.validate(answer.structured_content)
    assert answered > CALLS / 10
    assert [
        record.getMessage() for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR
    ] == []
