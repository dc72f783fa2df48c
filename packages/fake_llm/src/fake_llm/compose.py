"""Scripts made of scripts."""

import time
from collections.abc import Callable

from fake_llm.prompt import Prompt
from fake_llm.reply import Reply, Script
from fake_llm.scripts import Valid


class InTurn:
    """One script after the other, a request each; the last one stays: `InTurn(status_500(), Valid())`."""

    def __init__(self, *scripts: Script) -> None:
        if not scripts:
            raise ValueError("InTurn needs at least one script")
        self._scripts = scripts
        self._asked = 0

    def __call__(self, prompt: Prompt) -> Reply:
        script = self._scripts[min(self._asked, len(self._scripts) - 1)]
        self._asked += 1
        return script(prompt)


class When:
    """One script for the requests that `predicate` is true of, another for the rest."""

    def __init__(self, predicate: Callable[[Prompt], bool], then: Script, otherwise: Script | None = None) -> None:
        self._predicate = predicate
        self._then = then
        self._otherwise = otherwise or Valid()

    def __call__(self, prompt: Prompt) -> Reply:
        return (self._then if self._predicate(prompt) else self._otherwise)(prompt)


class Delayed:
    """Thinks before the first byte."""

    def __init__(self, seconds: float, inner: Script | None = None) -> None:
        self._seconds = seconds
        self._inner = inner or Valid()

    def __call__(self, prompt: Prompt) -> Reply:
        return self._inner(prompt).delivered(delay=self._seconds)


class Paced:
    """Rests between the events of a stream."""

    def __init__(self, seconds: float, inner: Script | None = None) -> None:
        self._seconds = seconds
        self._inner = inner or Valid()

    def __call__(self, prompt: Prompt) -> Reply:
        return self._inner(prompt).delivered(pace=self._seconds)


class Outage:
    """`during` for so many seconds from the first request on, `then` afterwards."""

    def __init__(self, seconds: float, during: Script, then: Script | None = None) -> None:
        self._seconds = seconds
        self._during = during
        self._then = then or Valid()
        self._ends: float | None = None

    def __call__(self, prompt: Prompt) -> Reply:
        now = time.monotonic()
        if self._ends is None:
            self._ends = now + self._seconds
        return (self._during if now < self._ends else self._then)(prompt)
