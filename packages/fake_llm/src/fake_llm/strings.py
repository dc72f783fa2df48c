"""Strings for random instances: plain words, and values of the usual formats."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

_WORDS = (
    *("anchor", "basin", "cedar", "delta", "ember", "fjord", "grove", "harbor", "island", "jetty", "kelp", "lagoon"),
    *("meadow", "north", "orchard", "pebble", "quarry", "ridge", "spruce", "tidal", "upland", "valley", "willow"),
)
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_DAYS = 365


def words(rng: Random, low: int, high: int) -> str:
    """Words, in all between `low` and `high` characters, without a space at either end."""
    wanted = rng.randint(max(low, min(1, high)), high)
    text = ""
    while len(text) < wanted:
        text += rng.choice(_WORDS) + " "
    text = text[:wanted]
    return text if not text.endswith(" ") else text[:-1] + "s"


def _moment(rng: Random) -> datetime:
    return _FIRST_DAY + timedelta(seconds=rng.randrange(_DAYS * 86400))


def _day(rng: Random) -> date:
    return _moment(rng).date()


FORMATS: dict[str, Callable[[Random], str]] = {
    "date": lambda rng: _day(rng).isoformat(),
    "date-time": lambda rng: _moment(rng).isoformat().replace("+00:00", "Z"),
    "time": lambda rng: _moment(rng).time().isoformat() + "Z",
    "duration": lambda rng: f"PT{rng.randint(1, 5400)}S",
    "uuid": lambda rng: str(UUID(int=rng.getrandbits(128), version=4)),
    "email": lambda rng: f"{rng.choice(_WORDS)}@example.org",
    "uri": lambda rng: f"https://example.org/{rng.choice(_WORDS)}",
    "hostname": lambda rng: f"{rng.choice(_WORDS)}.example.org",
    "ipv4": lambda rng: f"192.0.2.{rng.randrange(256)}",
    "ipv6": lambda rng: f"2001:db8::{rng.randrange(1, 65536):x}",
}

# What patterns usually want; the first question to a pattern is whether one of these matches it.
CANDIDATES = (
    *_WORDS,
    *(word.capitalize() for word in _WORDS[:5]),
    *(word.upper() for word in _WORDS[:5]),
    *(word[:3].upper() for word in _WORDS[:5]),
    *(f"{first}-{second}" for first, second in zip(_WORDS[:5], _WORDS[5:], strict=False)),
    *(f"{first}_{second}" for first, second in zip(_WORDS[:5], _WORDS[5:], strict=False)),
    *("0", "1", "7", "12", "42", "123", "2026", "1.5", "12.50", "-3"),
    *("a", "b1", "v1.2.3", "07:30", "07:30:00", "2026-W14", "2026-01", "#a1b2c3", "3x8", "8-12", "5"),
    *("a1b2c3d4", "0123456789abcdef", "0123456789abcdef0123456789abcdef"),
)
