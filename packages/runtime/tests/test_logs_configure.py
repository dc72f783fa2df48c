"""Where logging goes once a process has configured it."""

import json
import logging
import os
import pty
import select
import sys
from typing import TextIO, get_args

import pytest

from runtime import logs

pytestmark = pytest.mark.usefixtures("own_logging")


def shown(log_format: logs.LogFormat, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a terminal shows of one line."""
    reading, writing = pty.openpty()
    with os.fdopen(writing, "w", buffering=1) as screen, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", screen)
        logs.configure("api", log_format)
        logging.getLogger("gym").info("hello")
        ready, _, _ = select.select([reading], [], [], 5)
        line = os.read(reading, 1000).decode() if ready else ""
    os.close(reading)
    return line


def is_json(line: str) -> bool:
    """Whether a machine can read it."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


@pytest.mark.parametrize(("log_format", "expected"), [("auto", True), ("json", True), ("text", False)])
def test_a_pipe_gets_json_unless_told_otherwise(
    capsys: pytest.CaptureFixture[str], log_format: logs.LogFormat, expected: bool
) -> None:
    logs.configure("api", log_format)
    logging.getLogger("gym").info("hello")
    out, err = capsys.readouterr()
    assert err == ""
    assert out.count("\n") == 1
    assert out.endswith("\n")
    assert is_json(out) is expected
    assert "hello" in out


@pytest.mark.parametrize(("log_format", "expected"), [("auto", False), ("json", True), ("text", False)])
def test_a_terminal_gets_text_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, log_format: logs.LogFormat, expected: bool
) -> None:
    line = shown(log_format, monkeypatch)
    assert "hello" in line
    assert is_json(line) is expected


def test_without_further_words_it_is_auto_from_info_on(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("coach")
    logging.getLogger("gym").debug("too small")
    logging.getLogger("gym").info("hello")
    (line,) = capsys.readouterr().out.splitlines()
    fields = json.loads(line)
    assert (fields["service"], fields["logger"], fields["message"]) == ("coach", "gym", "hello")


@pytest.mark.parametrize(("level", "count"), [("DEBUG", 4), ("debug", 4), ("INFO", 3), ("WARNING", 2), ("error", 1)])
def test_a_level_holds_back_what_is_below_it(capsys: pytest.CaptureFixture[str], level: str, count: int) -> None:
    logs.configure("api", "json", level)
    for one in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        logging.getLogger("gym").log(one, "hello")
    assert len(capsys.readouterr().out.splitlines()) == count


def test_a_format_is_one_of_three_words() -> None:
    assert get_args(logs.LogFormat) == ("auto", "json", "text")


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="LOUD"):
        logs.configure("api", "json", "loud")


def test_configuring_again_replaces_what_was_there(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("first", "text", "ERROR")
    logs.configure("second", "json", "INFO")
    logs.configure("second", "json", "INFO")
    assert len(logging.root.handlers) == 1
    logging.getLogger("gym").info("hello")
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["service"] == "second"


@pytest.mark.parametrize("name", ["uvicorn", "uvicorn.error", "uvicorn.access"])
def test_uvicorns_own_handlers_give_way(capsys: pytest.CaptureFixture[str], name: str) -> None:
    noisy: logging.StreamHandler[TextIO] = logging.StreamHandler(sys.stderr)
    logging.getLogger(name).addHandler(noisy)
    logging.getLogger(name).propagate = False
    logs.configure("api", "json")
    logging.getLogger(name).info("Started", extra={"color_message": "\x1b[36mStarted"})
    out, err = capsys.readouterr()
    assert err == ""
    (line,) = out.splitlines()
    fields = json.loads(line)
    assert (fields["logger"], fields["message"]) == (name, "Started")
    assert "color_message" not in fields


@pytest.mark.parametrize("name", ["httpx", "httpcore", "httpx2", "httpcore2", "asyncio", "alembic"])
def test_chatty_libraries_speak_up_from_warnings_on(capsys: pytest.CaptureFixture[str], name: str) -> None:
    logs.configure("api", "json", "DEBUG")
    logging.getLogger(name).info("a request was sent")
    logging.getLogger(name).warning("something is wrong")
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["message"] == "something is wrong"
