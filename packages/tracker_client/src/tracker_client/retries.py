"""When to try again, and after how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import uniform

RETRIED = frozenset({429, 500, 502, 503, 504})
MAX_EXPONENT = 32  # doubled so often, any delay is beyond any `max_delay`; a float ends at 1023


@dataclass(frozen=True, slots=True)
class Retries:
    """Up to `attempts` tries of a call, with exponential backoff and full jitter between them.

    `delay` is the base in seconds: the n-th pause is drawn from 0 to delay × 2ⁿ, at the most `max_delay`. Where the
    server says `Retry-After`, that is honoured instead; if it is more than `max_retry_after`, there is no further try.
    (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
    """

    attempts: int = 4
    delay: float = 0.2
    max_delay: float = 30.0
    max_retry_after: float = 120.0

    def pause(self, tried: int, asked: float | None = None) -> float | None:
        """Seconds to wait after so many failed tries, of which the last said `Retry-After: asked`. None: give up."""
        if tried >= self.attempts or (asked is not None and asked > self.max_retry_after):
            return None
        if asked is not None:
            return asked
        return uniform(0, min(self.max_delay, self.delay * 2 ** min(tried - 1, MAX_EXPONENT)))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds from now, whether it is a number or a date (RFC 9110 §10.2.3); None without one."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    # The oldest of the three forms of a date names no zone; all three mean UTC.
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
