"""When to try again, and after how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import uniform

RETRIED = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Retries:
    """Up to `attempts` tries of a call that may be repeated, with exponential backoff and full jitter.

    `delay` is the base in seconds: the n-th pause is drawn from 0 to delay × 2ⁿ, at the most `max_delay`. Where the
    server says `Retry-After`, that is honoured instead, up to `max_retry_after`.
    (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.)
    """

    attempts: int = 4
    delay: float = 0.2
    max_delay: float = 30.0
    max_retry_after: float = 120.0

    def pause(self, attempt: int, headers: Mapping[str, str]) -> float:
        """Seconds to wait after the failed try number `attempt` (from 0)."""
        asked = retry_after(headers)
        if asked is not None:
            return min(asked, self.max_retry_after)
        return uniform(0, min(self.max_delay, self.delay * 2**attempt))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds from now, whether it is a number or a date (RFC 9110 §10.2.3); None without one."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
