"""Conditional requests (RFC 9110 §13): entity tags in If-Match and If-None-Match."""

import re
from collections.abc import Iterable

from runtime.problems import Problem

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


class PreconditionFailed(Problem):
    """Somebody changed it in the meantime."""

    status = 412
    kind = "urn:problem:precondition-failed"
    detail = "The exercise has changed since you read it: read it again, then decide"


def is_fresh(if_none_match: str | None, tag: str) -> bool:
    """Does the client have this already? Weak comparison: `W/"x"` equals `"x"`."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or tag.removeprefix("W/") in (f'"{t}"' for _, t in _tags(if_none_match))


def require(if_match: str | None, tag: str) -> None:
    """Raise PreconditionFailed unless If-Match is absent, `*`, or names `tag`. Weak tags never match."""
    if if_match is None or if_match.strip() == "*":
        return
    if tag not in (f'"{t}"' for weak, t in _tags(if_match) if not weak):
        raise PreconditionFailed


def _tags(header: str) -> Iterable[tuple[str, str]]:
    return _TAG.findall(header)
