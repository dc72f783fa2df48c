"""A circuit breaker for each provider: one that fails again and again is left alone for a while.

(Nygard, "Release It!", 2007: closed, open, half-open.)
"""

from collections.abc import Callable
from time import monotonic


class Breaker:
    """Opens after `failures` in a row; after `seconds` one trial may pass, which closes it or keeps it open."""

    def __init__(self, failures: int, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._limit = failures
        self._seconds = seconds
        self._clock = clock
        self._failures = 0
        self._open_until: float | None = None

    @property
    def is_open(self) -> bool:
        """Is the provider being left alone, or on trial?"""
        return self._open_until is not None

    def allows(self) -> bool:
        """May the provider be asked now? While it is open only one caller is told yes, once the pause is over."""
        if self._open_until is None:
            return True
        if self._clock() < self._open_until:
            return False
        self._open_until = self._clock() + self._seconds  # the trial is this caller's; the next one waits
        return True

    def succeeded(self) -> None:
        """The provider answered."""
        self._failures = 0
        self._open_until = None

    def failed(self, *, for_good: bool = False) -> None:
        """The provider did not answer, or not usefully. `for_good`: it will not, until somebody does something."""
        self._failures += 1
        if for_good or self._failures >= self._limit:
            self._open_until = self._clock() + self._seconds
