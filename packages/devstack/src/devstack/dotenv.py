"""The `.env` file.

One `KEY=VALUE` a line, `export ` before it allowed; empty lines and lines that start with `#` say nothing. A value is
- bare: as it stands, trimmed, up to a `#` that follows a blank;
- in single quotes: literally what is between them;
- in double quotes: the same, with the escapes \\n, \\t, \\", \\\\ and \\$.
Nothing is substituted, a value never spans lines, and the last of two lines with one key wins.
"""

import re
from pathlib import Path

from devstack.errors import DevstackError

ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "$": "$"}
ASSIGNMENT = re.compile(
    r"""
    (?:export\s+)? (?P<key>[A-Za-z_][A-Za-z0-9_]*) \s* = \s*
    (?: '(?P<single>[^']*)' | "(?P<double>(?:[^"\\]|\\[nt"\\$])*)" | (?!['"]|(?<=\s)\#)(?P<bare>.*?) ) (?:\s+\#.*)?
    """,
    re.VERBOSE,
)


def read(path: Path) -> dict[str, str]:
    """The file's variables; none if there is no file.

    Raises DevstackError naming file and line for a line that is not an assignment, or the file if it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise DevstackError(f"Cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DevstackError(f"Cannot read {path}: it is not UTF-8 text") from None
    values = {}
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            key, value = _assignment(line.strip(), f"{path}:{number}")
            values[key] = value
    return values


def _assignment(line: str, place: str) -> tuple[str, str]:
    match = ASSIGNMENT.fullmatch(line)
    if not match or "\0" in line:
        # Without the line itself: it may hold a password.
        raise DevstackError(f"{place}: not KEY=VALUE, or a quote that is not closed")
    if match["double"] is not None:
        return match["key"], re.sub(r"\\(.)", lambda escape: ESCAPES[escape[1]], match["double"])
    return match["key"], match["single"] if match["single"] is not None else match["bare"]
