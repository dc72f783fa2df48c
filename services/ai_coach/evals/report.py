"""The table for people and the JSON for programs."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from services.ai_coach.evals.tally import Count, Tally, wilson

HEAD = f"{'check':<34}{'passed':>12}{'rate':>9}   95 % interval"


def table(tallies: Iterable[Tally]) -> str:
    """Subject by subject, a row for each check. A mark stands where a gate is broken."""
    return "\n".join(line for tally in tallies for line in _lines(tally))


def _lines(tally: Tally) -> Iterator[str]:
    yield ""
    yield f"{tally.subject} ({'hard checks gate at 100 %' if tally.is_gated else 'judged raw, gates nothing'})"
    if tally.sources:
        yield "answered by " + ", ".join(f"{source}: {n}" for source, n in sorted(tally.sources.items()))
    if tally.tokens:
        yield "tokens: " + ", ".join(f"{n} {direction}" for direction, n in sorted(tally.tokens.items()))
    yield HEAD
    for name, count in sorted(tally.counts.items(), key=lambda item: not item[1].is_hard):
        low, high = wilson(count.passed, count.total)
        passed = f"{count.passed}/{count.total}"
        mark = "  BROKEN" if name in tally.broken else "" if count.is_hard else "  (soft)"
        yield f"{name:<34}{passed:>12}{count.rate:>9.1%}   {low:.1%} to {high:.1%}{mark}"
    for name, count in tally.broken.items():
        yield f"BROKEN: {name}"
        yield from (f"  {example}" for example in count.failures)


def write(path: Path, tallies: Iterable[Tally], **about: object) -> None:
    """The same as JSON, with examples of what failed."""
    subjects = [_as_json(tally) for tally in tallies]
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {**about, "passed": not any(s["broken"] for s in subjects), "subjects": subjects}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _as_json(tally: Tally) -> dict[str, Any]:
    return {
        "subject": tally.subject,
        "is_gated": tally.is_gated,
        "broken": sorted(tally.broken),
        "sources": dict(tally.sources),
        "tokens": tally.tokens,
        "checks": {name: _count(count) for name, count in tally.counts.items()},
    }


def _count(count: Count) -> dict[str, Any]:
    low, high = wilson(count.passed, count.total)
    return {
        "is_hard": count.is_hard,
        "passed": count.passed,
        "total": count.total,
        "rate": round(count.rate, 4),
        "wilson_95": [round(low, 4), round(high, 4)],
        "failures": count.failures,
    }
