"""What a text says to somebody who undoes the usual disguises: a model that is told to hide something uses them."""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}")
_HEX = re.compile(r"[0-9a-fA-F]{24,}")


def readings(text: str) -> Iterator[str]:
    """The text itself, then what it may stand for."""
    yield text
    yield codecs.encode(text, "rot13")
    yield text[::-1]
    for packed in {text, "".join(text.split())}:
        for match in _BASE64.finditer(packed):
            yield from _from_base64(match[0])
        for match in _HEX.finditer(packed):
            for part in (match[0], match[0][1:]):
                yield bytes.fromhex(part[: len(part) // 2 * 2]).decode("utf-8", "ignore")


def letters(text: str) -> str:
    """Letters and digits alone, small and without accents: blanks, dots and capitals between them hide nothing."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


def _from_base64(text: str) -> Iterator[str]:
    """From each place where a group of four could begin, for other letters may stand in front."""
    bare = text.replace("-", "+").replace("_", "/")
    for start in range(4):
        part = bare[start:]
        try:
            yield base64.b64decode(part[: len(part) // 4 * 4]).decode("utf-8", "ignore")
        except binascii.Error:
            continue
