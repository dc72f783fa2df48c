"""What a dashboard is made of, and how Grafana wants it written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["timeseries", "stat"]

TAG = "workout-tracker"
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS = 24
HEIGHTS: dict[Kind, int] = {"timeseries": 8, "stat": 4}
CURRENT = ("lastNotNull",)


@dataclass(frozen=True)
class Query:
    """One PromQL expression; `legend` may name labels as `{{task}}`."""

    expr: str
    legend: str


@dataclass(frozen=True)
class Panel:
    """One picture. `unit` is one of Grafana's names of units, `stacked` adds its lines up."""

    title: str
    description: str
    unit: str
    queries: tuple[Query, ...]
    kind: Kind = "timeseries"
    width: int = 8
    stacked: bool = False
    most: float | None = None
    steps: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Row:
    """Panels that belong together, under a title."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True)
class Dashboard:
    """A page. Its uid never changes, so that links to it last."""

    name: str
    title: str
    description: str
    rows: Sequence[Row]

    def to_json(self) -> Json:
        """As Grafana reads it."""
        return {
            "uid": f"workout-{self.name}",
            "title": f"Workout Tracker / {self.title}",
            "description": self.description,
            "tags": [TAG],
            "editable": False,
            "schemaVersion": 39,
            "version": 1,
            "timezone": "browser",
            "graphTooltip": 1,
            "refresh": "1m",
            "time": {"from": "now-3h", "to": "now"},
            "templating": {"list": [_datasource(), _namespace()]},
            "annotations": {"list": [_restarts()]},
            "links": [_siblings()],
            "panels": list(_placed(self.rows)),
        }


def _placed(rows: Sequence[Row]) -> Iterator[Json]:
    """Rows below each other, panels from left to right."""
    number, y = 0, 0
    for row in rows:
        number += 1
        yield {"id": number, "type": "row", "title": row.title, "collapsed": False, "panels": [], "gridPos": _at(0, y)}
        x, y, tallest = 0, y + 1, 0
        for panel in row.panels:
            height = HEIGHTS[panel.kind]
            if x + panel.width > COLUMNS:
                x, y, tallest = 0, y + tallest, 0
            number += 1
            yield _panel(panel, number, _at(x, y, panel.width, height))
            x, tallest = x + panel.width, max(tallest, height)
        y += tallest


def _at(x: int, y: int, width: int = COLUMNS, height: int = 1) -> Json:
    return {"x": x, "y": y, "w": width, "h": height}


def _panel(panel: Panel, number: int, place: Json) -> Json:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": DATASOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": _field(panel), "overrides": []},
        "options": _options(panel.kind),
        "targets": [_target(query, "ABCDEFGH"[at]) for at, query in enumerate(panel.queries)],
    }


def _field(panel: Panel) -> Json:
    steps = [{"color": "green", "value": None}, *({"color": color, "value": at} for at, color in panel.steps)]
    field: Json = {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.most is not None:
        field["max"] = panel.most
    if panel.kind == "timeseries":
        stacking = {"group": "A", "mode": "normal" if panel.stacked else "none"}
        field["color"] = {"mode": "palette-classic"}
        field["custom"] = {"lineWidth": 1, "fillOpacity": 30 if panel.stacked else 5, "stacking": stacking}
        field["custom"] |= {"showPoints": "never", "spanNulls": False}
    return field


def _options(kind: Kind) -> Json:
    if kind == "timeseries":
        legend = {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []}
        return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}
    reduce = {"calcs": list(CURRENT), "fields": "", "values": False}
    return {"reduceOptions": reduce, "colorMode": "value", "graphMode": "none", "textMode": "auto"}


def _target(query: Query, name: str) -> Json:
    return {"refId": name, "datasource": DATASOURCE, "expr": query.expr, "legendFormat": query.legend, "range": True}


def _datasource() -> Json:
    shown = {"name": "datasource", "label": "Data source", "hide": 0, "type": "datasource", "query": "prometheus"}
    return shown | {"current": {}, "multi": False, "includeAll": False, "refresh": 1, "regex": ""}


def _namespace() -> Json:
    query = 'label_values(build_info{job=~"workout-.*"}, namespace)'
    shown = {"name": "namespace", "label": "Namespace", "hide": 0, "type": "query", "datasource": DATASOURCE}
    asked = {"query": {"query": query, "refId": "namespaces"}, "definition": query, "refresh": 2, "sort": 1}
    return shown | asked | {"current": {}, "multi": False, "includeAll": False, "regex": ""}


def _restarts() -> Json:
    """Lines where a process began: deployments and crashes alike."""
    expr = 'changes(process_start_time_seconds{namespace="$namespace", job=~"workout-.*"}[$__interval]) > 0'
    shown = {"name": "Starts", "enable": True, "hide": False, "iconColor": "blue", "datasource": DATASOURCE}
    return shown | {"expr": expr, "titleFormat": "{{job}} started", "step": "60s"}


def _siblings() -> Json:
    shown = {"type": "dashboards", "title": "Workout Tracker", "tags": [TAG], "asDropdown": True}
    return shown | {"includeVars": True, "keepTime": True, "targetBlank": False, "icon": "external link", "url": ""}
