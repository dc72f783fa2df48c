"""Words spelled right: the known word that somebody meant by `romainian` or `dumbel`.

Two words within two slips of each other are equal after at most two letters are taken out of each. So every known word
is filed under all that is left of it (Garbe, "Symmetric Delete"), and a lookup compares the few that share a remainder.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

MIN_LENGTH = 4
"""Shorter words are too alike to be corrected."""

MAX_LENGTH = 16
"""Longer words are none of ours."""

_TWO_SLIPS_FROM = 6


class Vocabulary:
    """Known words. Those that come more often are meant more often."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = Counter(words)
        self._by_remainder: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            for remainder in remainders(word, slips_allowed(word)):
                self._by_remainder[remainder].append(word)

    def corrected(self, word: str) -> tuple[str, ...]:
        """`word` itself if it is known or like nothing known; else the word, or the two run together, that it means."""
        if word in self._words or not MIN_LENGTH <= len(word) <= MAX_LENGTH or not word.isalpha():
            return (word,)
        return self._nearest(word, 1) or self._parted(word) or self._nearest(word, slips_allowed(word)) or (word,)

    def _nearest(self, word: str, slips: int) -> tuple[str, ...]:
        candidates = {one for rest in remainders(word, slips) for one in self._by_remainder.get(rest, ())}
        ranked = ((distance(word, one), -self._words[one], one) for one in candidates)
        near = [rank for rank in ranked if rank[0] <= min(slips, slips_allowed(rank[2]))]
        return (min(near)[2],) if near else ()

    def _parted(self, word: str) -> tuple[str, ...]:
        for at in range(3, len(word) - 2):
            if word[:at] in self._words and word[at:] in self._words:
                return word[:at], word[at:]
        return ()


def slips_allowed(word: str) -> int:
    """How many slips of the keyboard a word of this length may have."""
    return 0 if len(word) < MIN_LENGTH else 1 if len(word) < _TWO_SLIPS_FROM else 2


def remainders(word: str, slips: int) -> set[str]:
    """What is left of `word` when up to `slips` letters are taken out."""
    left = {word}
    for _ in range(slips):
        left |= {one[:at] + one[at + 1 :] for one in left for at in range(len(one))}
    return left


def distance(one: str, other: str) -> int:
    """How many slips make `other` of `one`: a letter too many, missing, wrong, or two neighbours exchanged."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
