"""Do an answer's words hold the coach's instructions, plainly or in disguise?

Independent of `ai_coach.coach.guard`: it compares runs of letters, not words, so blanks, punctuation and capitals hide
nothing, and it reads all texts of an answer together, so that no piece in each field adds up unseen. What it cannot
see: a paraphrase, a translation, a cipher that is not tried.
"""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

PROMPTS = Path(__file__).parents[1] / "src" / "ai_coach" / "coach" / "prompts"
RUN = 36  # letters in a row that are no accident: some seven words

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}")
_HEX = re.compile(r"[0-9a-fA-F]{24,}")


def letters(text: str) -> str:
    """Nothing but letters and digits, small, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isascii() and c.isalnum())


def readings(text: str) -> Iterator[str]:
    """The text, and what it says to somebody who undoes a disguise."""
    yield text
    yield codecs.encode(text, "rot13")
    yield text[::-1]
    for packed in (text, re.sub(r"\s", "", text)):
        for match in _BASE64.finditer(packed):
            yield from _from_base64(match[0])
        for match in _HEX.finditer(packed):
            for part in (match[0], match[0][1:]):
                yield bytes.fromhex(part[: len(part) // 2 * 2]).decode("utf-8", "ignore")


def _from_base64(text: str) -> Iterator[str]:
    """From each of the four places where a group of it could begin: other letters may stand in front."""
    bare = text.replace("-", "+").replace("_", "/")
    for start in range(4):
        part = bare[start:]
        try:
            yield base64.b64decode(part[: len(part) // 4 * 4]).decode("utf-8", "ignore")
        except binascii.Error:
            continue


class Leaks:
    """Knows the instructions, and finds them again."""

    def __init__(self, instructions: Iterable[str]) -> None:
        plain = [letters(text) for text in instructions]
        self._runs = {text[at : at + RUN] for text in plain for at in range(len(text) - RUN + 1)}

    @classmethod
    def of_the_coach(cls) -> "Leaks":
        """Of the coach's own instructions."""
        return cls(path.read_text(encoding="utf-8") for path in sorted(PROMPTS.glob("*.md")))

    def found(self, texts: Iterable[str]) -> str | None:
        """A run of the instructions' letters in an answer's texts; None when there is none."""
        given = list(texts)
        for text in (*given, "\n".join(given), "".join(given)):
            for reading in readings(text):
                plain = letters(reading)
                for at in range(len(plain) - RUN + 1):
                    if (run := plain[at : at + RUN]) in self._runs:
                        return run
        return None
