"""One spelling for what people type: `words("Push-ups (3x10)")` and `words("PUSH UP")` are both `("pushup",)`."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from training.tables import read

MAX_LENGTH = 100
"""How many characters of a name are read. What comes later changes nothing."""

_TABLE = read("words")

MODIFIERS: frozenset[str] = frozenset(_TABLE["modifiers"])
"""Words that say how a movement is done, not which one it is."""

_NOISE: frozenset[str] = frozenset(_TABLE["noise"])
_SYNONYMS: dict[str, tuple[str, ...]] = {word: tuple(other.split()) for word, other in _TABLE["synonyms"].items()}
_PHRASES: dict[tuple[str, ...], tuple[str, ...]] = {
    tuple(words.split()): tuple(other.split()) for words, other in _TABLE["phrases"].items()
}

ORDINARY: frozenset[str] = frozenset(
    [*_NOISE, *MODIFIERS, *_TABLE["known"], *(word for phrase in _PHRASES for word in phrase)]
)
"""Words that are spelled right although no movement is named after them alone."""

_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_SEPARATOR = re.compile(r"[,;/+&\n]|\b(?:and|or|plus)\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
_DROPPED = frozenset({"Mn", "Me", "Cf"})  # accents, enclosing marks, and what has no width


def words(text: str) -> tuple[str, ...]:
    """The words of `text` by which a movement is known, each in its one spelling."""
    return meaningful(raw_words(text))


def plain_words(text: str) -> tuple[str, ...]:
    """All words of `text`, each in its one spelling."""
    return tuple(_joined(raw_words(text)))


def parts(texts: Iterable[str]) -> Iterator[str]:
    """What is enumerated in `texts`: of `["bench, bands", "rings and cables"]` four things."""
    return (part.strip() for text in texts for part in _SEPARATOR.split(text[:MAX_LENGTH]))


def raw_words(text: str) -> tuple[str, ...]:
    """The words of `text`, lower case, Latin, singular, abbreviations written out. Numbers and noise are there too."""
    plain = unicodedata.normalize("NFKD", text[:MAX_LENGTH].translate(_APOSTROPHES).casefold())
    letters = "".join(char for char in plain if unicodedata.category(char) not in _DROPPED)
    return tuple(other for word in _WORD.findall(letters) for other in _canonical(word))


def meaningful(words: Sequence[str]) -> tuple[str, ...]:
    """`words` with those that belong together joined, and without noise and numbers."""
    return tuple(word for word in _joined(words) if word not in _NOISE and not word[0].isdigit())


def singular(word: str) -> str:
    """`presses` is `press`, `rows` is `row`, `abs` and `cross` stay."""
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return word[:-2] if word.endswith(("sses", "shes", "ches", "xes")) else word[:-1]


def key(words: Iterable[str]) -> tuple[str, ...]:
    """What names are looked up by: `bench press (dumbbell)` is `dumbbell bench press`."""
    return tuple(sorted(words))


def _canonical(word: str) -> tuple[str, ...]:
    one = singular(word)
    return _SYNONYMS.get(word) or _SYNONYMS.get(one) or (one,)


def _joined(words: Sequence[str]) -> Iterator[str]:
    position = 0
    while position < len(words):
        pair = tuple(words[position : position + 2])
        yield from _PHRASES.get(pair, pair[:1])
        position += 2 if pair in _PHRASES else 1
