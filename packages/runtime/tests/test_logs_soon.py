"""Lines of requests: many are written together, in their order, and none is lost."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, TextIO

import pytest
from fastapi import FastAPI

from runtime import logs
from runtime.edge import Edge
from runtime.metrics import Metrics

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("own_logging")]

gym = logging.getLogger("gym")


class Tape(StringIO):
    """A stream that knows what it was given at once."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[str] = []

    def write(self, text: str) -> int:
        """Keep it."""
        self.writes.append(text)
        return len(text)

    @property
    def messages(self) -> list[str]:
        """Of all lines."""
        return [json.loads(line)["message"] for line in "".join(self.writes).splitlines()]


@pytest.fixture
def tape() -> Tape:
    """Where logging goes."""
    tape = Tape()
    logs.configure("api", "json", stream=tape)
    return tape


@pytest.fixture
def full_disk() -> Iterator[TextIO]:
    """A file that takes nothing."""
    file = Path("/dev/full").open("w")  # noqa: SIM115 - closing it fails as well
    yield file
    with suppress(OSError):
        file.close()


def say(*messages: str) -> None:
    """As the edge does."""
    for message in messages:
        logs.say(gym, logging.INFO, message, {})


async def test_lines_of_one_turn_are_written_together_when_it_ends(tape: Tape) -> None:
    say("one", "two", "three")
    assert tape.writes == []
    await asyncio.sleep(0)
    assert (len(tape.writes), tape.messages) == (1, ["one", "two", "three"])
    say("four")
    await asyncio.sleep(0)
    assert (len(tape.writes), tape.messages[3:]) == (2, ["four"])


async def test_a_record_is_written_at_once_and_after_them(tape: Tape) -> None:
    say("one")
    gym.info("two")
    assert tape.messages == ["one", "two"]
    say("three")
    await asyncio.to_thread(gym.error, "four")
    assert tape.messages == ["one", "two", "three", "four"]


async def test_as_text_each_is_written_at_once() -> None:
    tape = Tape()
    logs.configure("api", "text", stream=tape)
    say("one", "two")
    assert [line.split()[2] for line in "".join(tape.writes).splitlines()] == ["one", "two"]


async def test_a_log_that_cannot_be_written_costs_no_request(
    call: Callable[..., Awaitable[Any]], metrics: Metrics, full_disk: TextIO, capsys: pytest.CaptureFixture[str]
) -> None:
    app = FastAPI()
    app.get("/lift")(lambda: "done")
    app.add_middleware(Edge, metrics=metrics, max_body_bytes=100, headers={})
    logs.configure("api", "json", stream=full_disk)
    for _ in range(2):
        assert (await call(app, "GET", "/lift")).status == 200
        await asyncio.sleep(0)
    assert "No space left on device" in capsys.readouterr().err


def test_what_was_said_last_is_written_at_the_end(python: Callable[..., CompletedProcess[str]]) -> None:
    found = python("""
import asyncio, logging
from runtime import logs

async def end():
    logs.say(logging.getLogger("gym"), logging.INFO, "last", {})
    asyncio.get_running_loop().stop()

logs.configure("api", "json")
loop = asyncio.new_event_loop()
task = loop.create_task(end())
loop.run_forever()
""")
    assert (found.returncode, json.loads(found.stdout)["message"]) == (0, "last"), found.stderr
