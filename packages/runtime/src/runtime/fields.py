"""What texts and whole numbers of every service's requests must be, the same to programs (JSON Schema) and to us."""

import re
from typing import Any

from pydantic import Field

# Something that can be seen, and nothing that controls a terminal: at least one character that is neither blank nor
# invisible (soft hyphen, zero-width and direction marks, Hangul fillers), and no control character anywhere.
_CONTROL = r"\x00-\x1f\x7f-\x9f"
_CONTROL_BUT_LINES = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_INVISIBLE = (
    r"\s\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e0fff"  # tags; as they are, since JSON Schema's regular expressions have no \U
)


def _something_seen(control: str) -> str:
    return rf"^[^{control}]*[^{control}{_INVISIBLE}][^{control}]*$"


LINE = _something_seen(_CONTROL)
LINES = _something_seen(_CONTROL_BUT_LINES)
# The same in two steps: one pattern that fails at the last character tries all the others again, for seconds.
_control = re.compile(rf"[{_CONTROL}]").search
_control_but_lines = re.compile(rf"[{_CONTROL_BUT_LINES}]").search
_seen = re.compile(rf"[^{_CONTROL}{_INVISIBLE}]").search


def visible_line(text: str) -> str:
    """For an AfterValidator: a line without the blanks around it. Raises ValueError."""
    if _control(text) or not _seen(text):
        raise ValueError("String should have a visible character and no control characters")
    return text.strip()


def visible_lines(text: str) -> str:
    """The same for several lines. Raises ValueError."""
    if _control_but_lines(text) or not _seen(text):
        raise ValueError("String should have a visible character and no control characters but ends of lines and tabs")
    return text.strip()


def line(max_length: int, **schema: Any) -> Any:
    """The Field of a `visible_line`. The pattern goes into the schema, for programs; people get the sentence above."""
    return Field(min_length=1, max_length=max_length, json_schema_extra={"pattern": LINE}, **schema)


def lines(max_length: int, **schema: Any) -> Any:
    """The Field of `visible_lines`."""
    return Field(min_length=1, max_length=max_length, json_schema_extra={"pattern": LINES}, **schema)


def integral(number: object) -> object:
    """For a BeforeValidator of a strict int: JSON knows one kind of number, 4.0 is as whole as 4; true and "4" are not.

    (JSON Schema, "integer".)
    """
    return int(number) if isinstance(number, float) and number.is_integer() else number
