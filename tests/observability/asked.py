"""What dashboards and alerts ask of Prometheus."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import promql_parser
import yaml

from scripts.dashboards.check import filled

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "workout-tracker"
DASHBOARDS = sorted(CHART.glob("dashboards/*.json"))
RULES = sorted(CHART.glob("alerts/*.yaml"))
ADDED = {"job", "namespace", "instance"}  # by Prometheus, to whatever it scrapes

Json = dict[str, Any]


class Series(NamedTuple):
    """A metric, and the labels by which it is chosen."""

    name: str
    labels: frozenset[str]


@cache
def dashboard(path: Path) -> Json:
    """The file's content."""
    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found


def panels() -> Iterator[tuple[str, Json]]:
    """(dashboard/number title, panel) of all panels but the rows."""
    for path in DASHBOARDS:
        for panel in dashboard(path)["panels"]:
            if panel["type"] != "row":
                yield f"{path.stem}/{panel['id']} {panel['title']}", panel


def rules() -> Iterator[Json]:
    """Every rule of every file."""
    for path in RULES:
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            yield from group["rules"]


def alerts() -> list[Json]:
    """The rules that alert."""
    return [rule for rule in rules() if "alert" in rule]


def questions() -> list[tuple[str, str]]:
    """(where it stands, PromQL) of all that is asked."""
    of_panels = [
        (f"{name}/{target['refId']}", filled(target["expr"], "workout"))
        for name, panel in panels()
        for target in panel["targets"]
    ]
    return of_panels + [(rule.get("alert") or rule["record"], rule["expr"]) for rule in rules()]


def series(expr: str) -> set[Series]:
    """Everything that an expression selects. Raises ValueError where it is no PromQL."""
    found: set[Series] = set()

    def visit(node: Any) -> bool:
        if isinstance(node, promql_parser.MatrixSelector):
            node = node.vector_selector
        if isinstance(node, promql_parser.VectorSelector):
            labels = frozenset(matcher.name for matcher in node.matchers.matchers)
            found.add(Series(node.name or "", labels))
        return True

    promql_parser.walk(promql_parser.parse(expr), visit)
    return found
