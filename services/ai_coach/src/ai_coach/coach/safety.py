"""Questions that belong to a doctor, not to a coach. Asked before any model is: a fixed, kind answer and no plan."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import NamedTuple

_CHILD = r"(?:child|kid|son|daughter|boy|girl)"
_CHILDS_AGE = re.compile(rf"\bmy (?:\w+ )?{_CHILD} is (?:only |just )?\d+(?: years? old)?\b")
_GROWN_UP = re.compile(r"\bi(?: am|'?m) (?:1[89]|[2-9]\d)(?= years?\b| yo\b|[,.!?;]| and\b| but\b|$)")
_ASKS_FOR_ONESELF = re.compile(r"\b(?:should|can|may|do|could|must|will) i\b|\bi (?:want|need|would like)\b")
_ABOUT_THE_CHILD = re.compile(
    rf"\b(?:he|she|him|her|his|they|them|their|we|us|our|both|together|teen\w*|{_CHILD}s?|children)\b|\byears? old\b"
)


class RedFlag(NamedTuple):
    """A kind of question that is referred out, and what is answered."""

    kind: str
    answer: str


# A sign is looked for in pieces of this many characters, each with the end of the one before: however a text is made
# to keep a regular expression busy, that grows no faster than the text.
PIECE, OVERLAP = 500, 150
MAX_CHARACTERS = 20_000  # of all texts together, the first ones count


def red_flag(*texts: str) -> RedFlag | None:
    """The first kind of red flag in what somebody wrote, the newest text first, or None."""
    pieces = list(islice(_pieces(texts), MAX_CHARACTERS // (PIECE - OVERLAP)))
    for kind, (signs, answer) in _kinds().items():
        if any(signs.search(piece) for piece in pieces):
            return RedFlag(kind, answer)
    return None


def _pieces(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        # Normalised, one character may be eighteen.
        plain = _of_the_asker(_plain(text[:MAX_CHARACTERS])[:MAX_CHARACTERS])
        for begin in range(0, max(1, len(plain) - OVERLAP), PIECE - OVERLAP):
            yield plain[begin : begin + PIECE]


def _of_the_asker(plain: str) -> str:
    """Without a child's age that a grown-up, who asks for themselves, mentions; all of it where that is not certain."""
    rest = _GROWN_UP.sub(" ", _CHILDS_AGE.sub(" ", plain)).replace(" years old", " ", 1)
    certain = _GROWN_UP.search(plain) and _ASKS_FOR_ONESELF.search(rest) and not _ABOUT_THE_CHILD.search(rest)
    return _CHILDS_AGE.sub(" ", plain) if certain else plain


def _plain(text: str) -> str:
    """Lower case, straight apostrophes, single blanks, no hyphens, nothing invisible: what people mean."""
    folded = re.sub("[‘’ʼ]", "'", unicodedata.normalize("NFKC", text)).lower()
    visible = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    return " ".join(re.sub(r"[_*~`\"“”„«»\-‐‑–—]", " ", visible).split())


@cache
def _kinds() -> dict[str, tuple[re.Pattern[str], str]]:
    data = tomllib.loads(files("ai_coach.coach").joinpath("red_flags.toml").read_text(encoding="utf-8"))
    part = data.pop("PART")
    signs = {kind: "|".join(entry["signs"]).replace("PART", part) for kind, entry in data.items()}
    return {
        kind: (re.compile(rf"(?<!\w)(?:{signs[kind]})(?!\w)"), entry["answer"].strip()) for kind, entry in data.items()
    }
