"""Answers that are the same for everybody: texts that are found by the signs of a question, reviewed like code."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from ai_coach.coach.talk.words import History, Routine

_ENGLISH = r"\b(the|is|are|my|i|do|how|what|a|to|for|of|in|should|can|you|it|and|with)\b"
_FOREIGN = (
    r"\b(wie|viele|ich|der|die|das|und|für|mein|meine|ist|soll|welche|kann|nicht|mit|"
    r"el|la|los|las|qué|cómo|cuántas|cuánto|cuántos|por|para|mi|puedo|hacer|con|una|"
    r"le|les|des|combien|je|mon|ma|pour|quel|quelle|est|comment|avec|faire|une|"
    r"os|quantas|quantos|como|por|para|meu|minha|posso|fazer|"
    r"il|gli|quante|quanti|come|per|mio|mia|fare|che|di|hoe|veel|ik|mijn|een|het|voor)\b"
)
_WHAT = r"what('s| is| are| does| do)|whats|define|explain|meaning of|mean by"
ENGLISH_ONLY = (
    "I am sorry, I answer from rules that know English only. Please ask me once more in English, in simple words: "
    "“How many sets for chest?” is enough."
)


def common(name: str) -> str:
    """The answer to a common question."""
    answer: str = _table("common_questions")[name]["answer"]
    return answer


def language(question: str, _: Routine, __: History) -> str | None:
    """That it is English which is understood."""
    letters = "".join(char for char in question if char.isalpha())
    if sum(not char.isascii() for char in letters) * 2 > len(letters):
        return ENGLISH_ONLY
    foreign = len(re.findall(_FOREIGN, question))
    return ENGLISH_ONLY if foreign > 1 and foreign > len(re.findall(_ENGLISH, question)) else None


def particular(question: str, _: Routine, __: History) -> str | None:
    """Questions that leave no doubt, asked before anything is looked up."""
    return _by_signs("particular_questions", question)


def usual(question: str, _: Routine, __: History) -> str | None:
    """Common questions, for want of anything nearer to the person."""
    return _by_signs("common_questions", question)


def definition(question: str, _: Routine, __: History) -> str | None:
    """What a word of the sport means, then what to make of it."""
    for entry in _table("definitions").values():
        term = entry["names"]
        asked = rf"\b({_WHAT})( an?| the)? ['\"“]?({term})\b|^({term})( meaning)?\W*$"
        if re.search(asked, question):
            return f"{entry['means']}\n\n{entry.get('advice') or common(entry['see'])}"
    return None


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("ai_coach.coach.talk").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def _signs(name: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile("|".join(entry["signs"])), entry["answer"]) for entry in _table(name).values()]


def _by_signs(name: str, question: str) -> str | None:
    return next((answer for signs, answer in _signs(name) if signs.search(question)), None)
