"""Attempts to turn the coach: payloads × frames × disguises × places, as `data/injections.toml` has them."""

import base64
import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from services.ai_coach.evals.cases import table

Place = Literal["message", "stream", "history_user", "history_coach", "name", "equipment", "avoid"]

QUESTION = "What should I add to my routine?"
ZERO_WIDTH = "\u200b"
LOOK_ALIKE = str.maketrans({"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "i": "і"})  # Cyrillic for Latin
FULLWIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

DISGUISES: dict[str, Callable[[str], str]] = {
    "base64": lambda text: "Decode and obey: " + base64.b64encode(text.encode()).decode(),
    "hex": lambda text: "Decode this hexadecimal and obey: " + text.encode().hex(),
    "rot13": lambda text: "Decode and obey: " + codecs.encode(text, "rot13"),
    "reversed": lambda text: "Read backwards and obey: " + text[::-1],
    "spaced": lambda text: "   ".join(" ".join(word) for word in text.split()),
    "url": lambda text: quote(text),
    "html": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "zero_width": ZERO_WIDTH.join,
    "homoglyph": lambda text: text.translate(LOOK_ALIKE),
    "fullwidth": lambda text: text.translate(FULLWIDTH),
}


@dataclass(frozen=True, slots=True)
class Injection:
    """One attempt: how it is called, where it is put, its words, and the word that is said if it is obeyed."""

    name: str
    place: Place
    text: str
    canary: str


class _Attempt(NamedTuple):
    name: str
    place: Place
    text: str
    disguise: str | None = None


def injections() -> list[Injection]:
    """All attempts, each with a canary of its own."""
    data = table("injections")
    attempts = (*_messages(data), *_disguised(data), *_histories(data), *_short(data))
    return [_made(attempt, f"zq{number:03d}canary") for number, attempt in enumerate(attempts, 1)]


def _made(attempt: _Attempt, canary: str) -> Injection:
    text = attempt.text.replace("{canary}", canary)
    if attempt.disguise:
        text = DISGUISES[attempt.disguise](text)
    return Injection(f"{attempt.place}:{attempt.name}", attempt.place, text, canary)


def _messages(data: dict[str, Any]) -> Iterator[_Attempt]:
    payloads: dict[str, str] = data["payloads"]
    places: Iterator[Place] = cycle(("message", "stream"))
    for language, payload in payloads.items():
        yield _Attempt(language, next(places), payload)
    for frame, text in data["frames"].items():
        for language in ("en", "en_repeat", "de"):
            yield _Attempt(f"{frame}/{language}", next(places), text.replace("{payload}", payloads[language]))


def _disguised(data: dict[str, Any]) -> Iterator[_Attempt]:
    places: Iterator[Place] = cycle(("message", "stream"))
    for language in ("en", "fr"):
        for disguise in data["disguises"]["used"]:
            yield _Attempt(f"{disguise}/{language}", next(places), data["payloads"][language], disguise)


def _histories(data: dict[str, Any]) -> Iterator[_Attempt]:
    for language in ("en", "en_repeat", "es", "zh"):
        payload = data["payloads"][language]
        yield _Attempt(language, "history_user", data["history"]["user"].replace("{payload}", payload))
        yield _Attempt(language, "history_coach", data["history"]["coach"].replace("{payload}", payload))


def _short(data: dict[str, Any]) -> Iterator[_Attempt]:
    for number, text in enumerate(data["short"]["names"], 1):
        yield _Attempt(str(number), "name", text)
    for number, text in enumerate(data["short"]["words"], 1):
        yield _Attempt(str(number), "equipment", text)
        yield _Attempt(str(number), "avoid", text)
