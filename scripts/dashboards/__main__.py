"""`python -m scripts.dashboards` writes the chart's dashboards anew."""

import json
from pathlib import Path

from scripts.dashboards import api, coach, overview, stores, worker
from scripts.dashboards.grafana import Dashboard

FOLDER = Path(__file__).parents[2] / "charts" / "workout-tracker" / "dashboards"
DASHBOARDS: tuple[Dashboard, ...] = (
    overview.DASHBOARD,
    api.DASHBOARD,
    coach.DASHBOARD,
    worker.DASHBOARD,
    stores.DASHBOARD,
)


def texts() -> dict[str, str]:
    """What each file of the folder is to hold."""
    return {f"{each.name}.json": json.dumps(each.to_json(), indent=2) + "\n" for each in DASHBOARDS}


if __name__ == "__main__":
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(FOLDER / name)
