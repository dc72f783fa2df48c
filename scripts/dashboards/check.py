"""Which panels show something? `python -m scripts.dashboards.check --prometheus http://localhost:9090 --namespace w`.

Asks a running Prometheus every question of every dashboard, as Grafana would. The exit status is 1 where a panel has
no data at all.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

FOLDER = Path(__file__).parents[2] / "charts" / "workout-tracker" / "dashboards"
INTERVALS = {"$__rate_interval": "2m", "$__interval": "30s", "$__range": "1h"}


def filled(expr: str, namespace: str) -> str:
    """The question with Grafana's variables filled in."""
    for name, value in (INTERVALS | {"$namespace": namespace}).items():
        expr = expr.replace(name, value)
    return expr


def panels(dashboard: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """(title, questions) of each panel, with its row in the title."""
    row = ""
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            row = panel["title"]
        else:
            yield f"{row} / {panel['title']}", [target["expr"] for target in panel["targets"]]


def series(client: httpx.Client, expr: str) -> int:
    """How many series the answer has, not counting those that are no number."""
    answer = client.get("/api/v1/query", params={"query": expr})
    if answer.status_code != httpx.codes.OK:
        sys.exit(f"{answer.text}\n{expr}")
    return sum(sample["value"][1] != "NaN" for sample in answer.json()["data"]["result"])


def main() -> int:
    """Ask, and tell."""
    parser = argparse.ArgumentParser(prog="python -m scripts.dashboards.check", description=__doc__)
    parser.add_argument("--prometheus", default="http://localhost:9090", help="its address")
    parser.add_argument("--namespace", required=True, help="where the product runs")
    arguments = parser.parse_args()
    total = shown = 0
    with httpx.Client(base_url=arguments.prometheus, timeout=30) as client:
        for path in sorted(FOLDER.glob("*.json")):
            dashboard = json.loads(path.read_text(encoding="utf-8"))
            for title, questions in panels(dashboard):
                counts = [series(client, filled(expr, arguments.namespace)) for expr in questions]
                total, shown = total + 1, shown + any(counts)
                print(f"{'ok   ' if any(counts) else 'EMPTY'}  {path.stem}: {title}  {counts}")
    print(f"{shown} of {total} panels have data")
    return 0 if shown == total else 1


if __name__ == "__main__":
    sys.exit(main())
