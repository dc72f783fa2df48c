"""The cases that people wrote, from `data/*.toml`."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from training.model import Exercise

DATA = Path(__file__).parent / "data"
RED_FLAGS = Path(__file__).parents[1] / "src" / "ai_coach" / "coach" / "red_flags.toml"
NOBODY = "nobody"
STRANGER = "stranger"

Task = Literal["chat", "recommend", "analyze"]


def table(name: str) -> dict[str, Any]:
    """One file of `data`."""
    with (DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True, slots=True)
class Vignette:
    """A question with what a good answer has (regular expressions, any case, over the whole answer) and may not have.

    `least` is the number of exercises a session has at least.
    """

    name: str
    task: Task
    routine: str = NOBODY
    request: dict[str, Any] = field(default_factory=dict)
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    least: int = 0


@dataclass(frozen=True, slots=True)
class RedFlagged:
    """A message that belongs to a doctor, and why; or a word, which a request for a session has room for."""

    kind: str
    text: str
    is_word: bool = False


def vignettes() -> list[Vignette]:
    """The curated questions."""
    return [Vignette(name=name, **fields) for name, fields in table("vignettes").items()]


def red_flags() -> list[RedFlagged]:
    """What must be referred out: messages, then words in a request for a session."""
    return [
        RedFlagged(kind, text, is_word=name == "red_flag_words")
        for name in ("red_flags", "red_flag_words")
        for kind, texts in table(name).items()
        for text in texts
    ]


def harmless() -> list[str]:
    """What must not."""
    messages: list[str] = table("harmless")["messages"]
    return messages


@cache
def fixed_texts() -> dict[str, str]:
    """What the coach answers to each kind of red flag."""
    entries = tomllib.loads(RED_FLAGS.read_text(encoding="utf-8")).items()
    return {kind: entry["answer"].strip() for kind, entry in entries if isinstance(entry, dict)}


@cache
def routines() -> dict[str, tuple[Exercise, ...]]:
    """Everybody's routine."""
    return {
        owner: tuple(Exercise(name, sets, reps, kg or None, day) for name, sets, reps, kg, day in fields["lines"])
        for owner, fields in table("routines").items()
    }
