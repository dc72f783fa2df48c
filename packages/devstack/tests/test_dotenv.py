"""The `.env` file."""

from pathlib import Path

import pytest

from devstack import dotenv
from devstack.errors import DevstackError


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("KEY=value", "value"),
        ("  KEY = some value  ", "some value"),
        ("export KEY=value", "value"),
        ("KEY=", ""),
        ("KEY=  # nothing", ""),
        ("KEY=value # comment", "value"),
        ("KEY=#FF0000", "#FF0000"),
        ("KEY=a#b", "a#b"),
        ("KEY=a=b", "a=b"),
        ("KEY=it's", "it's"),
        ("KEY=$HOME", "$HOME"),
        ("KEY='single # \"$x\\n'", 'single # "$x\\n'),
        ("KEY='x' # comment", "x"),
        ('KEY="double # \'$x"', "double # '$x"),
        ('KEY="a\\n\\t\\"\\\\\\$b"', 'a\n\t"\\$b'),
        ('KEY=""', ""),
        ("KEY=grüße\r", "grüße"),
        ("KEY=one\nKEY=two", "two"),
        ("\ufeffKEY=value", "value"),
    ],
)
def test_a_value(tmp_path: Path, line: str, value: str) -> None:
    file = tmp_path / ".env"
    file.write_text(f"{line}\n# comment\n\n   # another\n", encoding="utf-8", newline="")
    assert dotenv.read(file) == {"KEY": value}


@pytest.mark.parametrize(
    "line", ["KEY", "=value", "1KEY=x", "MY KEY=x", "KEY='open", 'KEY="open', "KEY='a'b", 'KEY="\\x"', "K\0=x", "K=x\0"]
)
def test_a_line_that_is_none(tmp_path: Path, line: str) -> None:
    file = tmp_path / ".env"
    file.write_text(f"GOOD=1\n{line}\n")
    with pytest.raises(DevstackError, match=r"\.env:2: not KEY=VALUE"):
        dotenv.read(file)


def test_no_file(tmp_path: Path) -> None:
    assert dotenv.read(tmp_path / ".env") == {}


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"KEY=\xff\n")
    with pytest.raises(DevstackError, match="it is not UTF-8 text"):
        dotenv.read(file)
    with pytest.raises(DevstackError, match=r"Cannot read .*: Is a directory"):
        dotenv.read(tmp_path)
