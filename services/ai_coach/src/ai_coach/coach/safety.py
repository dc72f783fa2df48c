"""Questions that belong to a doctor, not to a coach. Asked before any model is: a fixed, kind answer and no plan."""

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class RedFlag(NamedTuple):
    """A kind of question that is referred out, and what is answered."""

    kind: str
    answer: str


def red_flag(*texts: str) -> RedFlag | None:
    """The first red flag in what somebody wrote, or None."""
    plain = ". ".join(_plain(text) for text in texts)  # what one text ends with says nothing of the next
    for kind, (signs, answer) in _kinds().items():
        if signs.search(plain):
            return RedFlag(kind, answer)
    return None


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
