"""Instructions that hide in data: found in several languages, and through the usual disguises."""

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from fake_llm.phrases import CALL_VERBS, PATTERNS, SAY, Kind

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){12,}")
_SPACED = re.compile(r"(?:\w[ ._-]+){8,}\w\b")


@dataclass(frozen=True, slots=True)
class Injection:
    """An instruction and the disguise it was in. For `say`, the text is the words to be said."""

    kind: Kind
    disguise: str
    text: str


def found_in(texts: Iterable[str]) -> list[Injection]:
    """All injections, the undisguised ones of each text first."""
    result: dict[Injection, None] = {}
    for text in texts:
        for disguise, reading in readings(text):
            result |= dict.fromkeys(_matches(disguise, reading))
    return list(result)


def _matches(disguise: str, text: str) -> Iterator[Injection]:
    for kind, pattern in PATTERNS:
        if match := pattern.search(text):
            yield Injection(kind, disguise, match[0])
    for match in SAY.finditer(text):
        yield Injection("say", disguise, match["payload"])


def tool_named(name: str, texts: Iterable[str]) -> bool:
    """Whether data says, plainly or in disguise, that the tool is to be called."""
    order = re.compile(rf"(?:{CALL_VERBS})[^.]{{0,60}}?(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    return any(order.search(reading) for text in texts for _, reading in readings(text))


def readings(text: str) -> Iterator[tuple[str, str]]:
    """The text, and what it says to somebody who undoes a disguise."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    yield "plain", visible
    for disguise, undone in (("html", html.unescape(visible)), ("url", unquote(visible))):
        if undone != visible:
            yield disguise, undone
    yield "rot13", codecs.decode(visible, "rot13")
    yield "reversed", visible[::-1]
    for match in _SPACED.finditer(visible):
        # One separator stands between letters, more of them between words.
        yield "spaced", re.sub(r"[ ._-]+", lambda gap: " " if len(gap[0]) > 1 else "", match[0])
    for match in _BASE64.finditer(visible):
        yield from _decoded("base64", match[0])
    for match in _HEX.finditer(visible):
        yield from _decoded("hex", match[0])


def _decoded(disguise: str, text: str) -> Iterator[tuple[str, str]]:
    try:
        if disguise == "hex":
            yield disguise, bytes.fromhex(text).decode()
        else:
            bare = text.rstrip("=").replace("-", "+").replace("_", "/")
            yield disguise, base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except (ValueError, binascii.Error):
        return  # a long word, not a disguise
