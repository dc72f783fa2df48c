"""What a log line holds, as JSON and as text, and that nothing in it can forge another line."""

import json
import logging
import re
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from runtime.logs import JsonFormatter, TextFormatter, extra_fields, printable, request_fields

MOMENT = 1_795_341_600.123456  # 2026-11-22 10:00:00 UTC
HOSTILE = 'squat"\r\n10:00:00.000 INFO    forged\x1b[2J\x00\x7f\x85\u2028'


class Record(logging.LogRecord):
    """A record whose message is not shown when a test fails: not every report can carry it."""

    def __repr__(self) -> str:
        return ascii(self.msg)


def record(message: str = "hello", *args: object, level: int = logging.INFO, **extra: object) -> logging.LogRecord:
    """A record as `logging` makes it, at a known moment."""
    made = Record("gym", level, "gym.py", 7, message, args, None, "open")
    vars(made).update(extra, created=MOMENT)
    return made


def failed(error: Exception) -> logging.LogRecord:
    """The record of `logger.exception("hello")` while `error` is being handled."""
    made = record(level=logging.ERROR)
    try:
        raise error
    except Exception:
        made.exc_info = sys.exc_info()
    return made


@pytest.fixture
def east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three hours east of Greenwich."""
    monkeypatch.setenv("TZ", "EAST-3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def in_request() -> Iterator[Mapping[str, Any]]:
    """While a request is being answered."""
    fields = {"request_id": "3f1c9a52", "trace_id": "4bf9"}
    token = request_fields.set(fields)
    yield fields
    request_fields.reset(token)


def test_a_json_line_has_these_fields_in_this_order() -> None:
    line = JsonFormatter("api").format(record("hello %s, %d reps", "Anna", 5))
    assert line == (
        '{"time":"2026-11-22T10:00:00.123Z","level":"info","service":"api",'
        '"logger":"gym","message":"hello Anna, 5 reps"}'
    )


def test_a_json_line_ends_with_the_requests_and_then_the_callers_fields(in_request: object) -> None:
    line = JsonFormatter("api").format(record(reps=5, weight=None, movement="Kniebeuge ü"))
    assert line.endswith(
        '"message":"hello","request_id":"3f1c9a52","trace_id":"4bf9","reps":5,"weight":null,"movement":"Kniebeuge ü"}'
    )


@pytest.mark.parametrize(("level", "word"), [(logging.DEBUG, "debug"), (logging.WARNING, "warning"), (50, "critical")])
def test_a_json_level_is_a_word_in_lower_case(level: int, word: str) -> None:
    assert json.loads(JsonFormatter("api").format(record(level=level)))["level"] == word


def test_only_what_the_caller_passed_is_extra(in_request: Mapping[str, Any]) -> None:
    made = record(reps=5)
    made.message, made.asctime, made.taskName = "hello", "now", "Task-1"
    made.color_message = "\x1b[36mhello"
    assert extra_fields(made) == {**in_request, "reps": 5}


def test_a_callers_field_wins_over_the_requests(in_request: object) -> None:
    assert extra_fields(record(request_id="mine")) == {"request_id": "mine", "trace_id": "4bf9"}


def test_outside_a_request_there_are_no_request_fields() -> None:
    assert extra_fields(record()) == {}


def test_an_exception_is_one_field_of_a_json_line() -> None:
    line = JsonFormatter("api").format(failed(ValueError("boom")))
    assert "\n" not in line
    fields = json.loads(line)
    assert fields["message"] == "hello"
    assert fields["exception"].startswith("Traceback (most recent call last):\n")
    assert fields["exception"].endswith("\nValueError: boom")


def test_without_an_exception_a_json_line_has_no_such_field() -> None:
    assert "exception" not in json.loads(JsonFormatter("api").format(record()))


@pytest.mark.parametrize(
    ("value", "written"),
    [({"a"}, "{'a'}"), (b"\xff", "b'\\xff'"), (ValueError("no"), "no"), (3 + 4j, "(3+4j)"), ([b"x"], ["b'x'"])],
)
def test_a_value_that_json_does_not_know_is_written_as_text(value: object, written: object) -> None:
    assert json.loads(JsonFormatter("api").format(record(value=value)))["value"] == written


class Unspeakable:
    """Something that cannot even be turned into text."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


def endless() -> list[Any]:
    """A list that contains itself."""
    found: list[Any] = []
    found.append(found)
    return found


@pytest.mark.parametrize(
    "value",
    [{1: 2}, 2**70, "half a pair: \ud800", endless(), Unspeakable()],
    ids=["numbers as keys", "a large number", "a lone surrogate", "a loop", "unspeakable"],
)
def test_no_value_costs_a_json_line(value: object) -> None:
    assert json.loads(JsonFormatter("api").format(record(value=value)))["message"] == "hello"


def test_a_message_that_is_no_unicode_is_logged() -> None:
    fields = json.loads(JsonFormatter("api").format(record("before \ud800 after")))
    assert fields["message"].startswith("before ")
    assert fields["message"].endswith(" after")


def test_nothing_can_forge_a_json_line(in_request: dict[str, Any]) -> None:
    in_request["user_agent"] = HOSTILE
    made = failed(ValueError(HOSTILE))
    made.msg = HOSTILE
    made.reps = HOSTILE
    line = JsonFormatter("api").format(made)
    assert re.search(r"[\x00-\x1f]", line) is None
    fields = json.loads(line)
    assert fields["message"] == fields["reps"] == fields["user_agent"] == HOSTILE
    assert fields["exception"].endswith(HOSTILE)


def test_a_text_line_is_for_people(east: None, in_request: object) -> None:
    line = TextFormatter().format(record("hello %s", "Anna", reps=5, weight=None))
    assert line == "13:00:00.123 INFO    hello Anna  request_id=3f1c9a52 trace_id=4bf9 reps=5"


def test_a_text_line_without_fields_has_nothing_after_the_message(east: None) -> None:
    assert TextFormatter().format(record(level=logging.WARNING)) == "13:00:00.123 WARNING hello"


def test_an_exception_follows_a_text_line(east: None) -> None:
    first, second, *_, last = TextFormatter().format(failed(ValueError("boom"))).split("\n")
    assert first == "13:00:00.123 ERROR   hello"
    assert second.strip() == "Traceback (most recent call last):"
    assert last.strip() == "ValueError: boom"


def test_nothing_can_forge_a_text_line(in_request: dict[str, Any]) -> None:
    in_request["user_agent"] = HOSTILE
    line = TextFormatter().format(record(HOSTILE, reps=HOSTILE, **{HOSTILE: 1}))
    assert line.isprintable()
    escaped = r'squat"\r\n10:00:00.000 INFO    forged\x1b[2J\x00\x7f\x85\u2028'
    assert line.endswith(
        f" {escaped}  request_id=3f1c9a52 trace_id=4bf9 user_agent={escaped} reps={escaped} {escaped}=1"
    )


def test_an_exception_can_neither_forge_a_text_line_nor_move_the_cursor(east: None) -> None:
    _, *trace = TextFormatter().format(failed(ValueError(HOSTILE))).splitlines()
    assert "forged" in "".join(trace)
    assert [line for line in trace if re.match(r"\d\d:\d\d:\d\d", line)] == []
    assert [line for line in trace if not line.isprintable()] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("bench press 80 kg", "bench press 80 kg"),
        ("Übung 🏋 5×5", "Übung 🏋 5×5"),
        ("", ""),
        ("a\nb", r"a\nb"),
        ("a\tb", r"a\tb"),
        ("\x1b[31m", r"\x1b[31m"),
        ("no\u00a0break", r"no\xa0break"),
        ("right\u202eleft", r"right\u202eleft"),
        ("half \ud800", r"half \ud800"),
    ],
)
def test_what_is_not_printable_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown
