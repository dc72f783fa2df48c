"""Several things in one sentence."""

from collections.abc import Sequence


def listed(words: Sequence[str], last: str = "and") -> str:
    """One, one and another, or one, another and a third; nothing of nothing."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)
