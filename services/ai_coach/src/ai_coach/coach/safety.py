"""Questions that belong to a doctor, not to a coach. Asked before any model is: a fixed, kind answer and no plan."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import NamedTuple


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
        plain = _plain(text[:MAX_CHARACTERS])[:MAX_CHARACTERS]  # normalised, a character may be eighteen
        for begin in range(0, max(1, len(plain) - OVERLAP), PIECE - OVERLAP):
            yield plain[begin : begin + PIECE]


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
