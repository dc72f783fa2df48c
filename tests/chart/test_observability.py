"""Monitors, rules and dashboards: none unless asked for, and then what Prometheus and Grafana understand."""

import json
import re
from typing import Any

import pytest
import yaml

from tests.chart.rendering import CHART, Helm, Manifest

SERVICES = ("api", "ai-coach", "worker", "mcp")
KINDS = {"ServiceMonitor", "PrometheusRule"}
ON: dict[str, Any] = {
    "mcp": {"enabled": True},
    "observability": {name: {"enabled": True} for name in ("serviceMonitors", "alerts", "dashboards")},
}


def rendered(helm: Helm, namespace: str = "home", **observability: dict[str, Any]) -> list[Manifest]:
    """With everything on, and these options."""
    options = {name: {**value, **observability.get(name, {})} for name, value in ON["observability"].items()}
    values = ON | {"observability": options}
    ended = helm.run("template", "gym", str(helm.chart), "--namespace", namespace, values=values)
    assert ended.returncode == 0, ended.stderr
    return [each for each in yaml.safe_load_all(ended.stdout) if each]


def of(kind: str, objects: list[Manifest]) -> list[Manifest]:
    """Those of a kind."""
    return [each for each in objects if each["kind"] == kind]


def rules(objects: list[Manifest]) -> list[Manifest]:
    """Of the one PrometheusRule."""
    (made,) = of("PrometheusRule", objects)
    return [rule for group in made["spec"]["groups"] for rule in group["rules"]]


def test_nothing_of_it_is_there_by_default(helm: Helm) -> None:
    objects = helm.objects({})
    assert not {each["kind"] for each in objects} & KINDS
    assert not [each for each in objects if "grafana_dashboard" in each["metadata"].get("labels", {})]


def test_each_service_is_scraped_under_its_name(helm: Helm) -> None:
    objects = rendered(helm)
    services = {each["metadata"]["name"]: each for each in of("Service", objects)}
    monitors = of("ServiceMonitor", objects)
    assert {each["metadata"]["name"] for each in monitors} == {f"gym-{name}" for name in SERVICES}
    for monitor in monitors:
        name = monitor["metadata"]["name"]
        labels = services[name]["metadata"]["labels"]
        assert monitor["spec"]["selector"]["matchLabels"].items() <= labels.items()
        (endpoint,) = monitor["spec"]["endpoints"]
        assert endpoint["port"] in {port["name"] for port in services[name]["spec"]["ports"]}
        assert endpoint["relabelings"] == [{"targetLabel": "job", "replacement": name.replace("gym-", "workout-")}]


def test_a_service_that_is_off_is_not_scraped(helm: Helm) -> None:
    few = {"services": ["api", "mcp"], "labels": {"release": "prometheus"}}
    values = {"mcp": {"enabled": False}, "observability": {"serviceMonitors": {"enabled": True, **few}}}
    (monitor,) = of("ServiceMonitor", helm.objects(values))
    assert monitor["metadata"]["name"].endswith("-api")
    assert monitor["metadata"]["labels"]["release"] == "prometheus"


def test_rules_are_the_tested_ones_in_the_releases_namespace(helm: Helm) -> None:
    written = [
        rule
        for path in sorted(CHART.glob("alerts/*.yaml"))
        for group in yaml.safe_load(path.read_text().replace('namespace="workout"', 'namespace="home"'))["groups"]
        for rule in group["rules"]
    ]
    assert rules(rendered(helm)) == written
    assert 'namespace="workout"' not in str(written)


@pytest.mark.parametrize("disabled", ["WorkoutApiSlow", "WorkoutTaskStale/cleanup_stale_data"])
def test_an_alert_can_be_left_out(helm: Helm, disabled: str) -> None:
    def keys(made: list[Manifest]) -> set[str]:
        return {"/".join(filter(None, (r.get("alert"), r.get("labels", {}).get("task")))) for r in made}

    everything = keys(rules(rendered(helm)))
    assert everything - keys(rules(rendered(helm, alerts={"disabled": [disabled]}))) == {disabled}


def test_alerts_lead_to_their_runbooks(helm: Helm) -> None:
    for rule in rules(rendered(helm, alerts={"runbookUrl": "https://example.org/runbooks/"})):
        if "alert" in rule:
            assert rule["annotations"]["runbook_url"] == f"https://example.org/runbooks/{rule['alert']}.md"


def test_dashboards_are_found_by_grafanas_sidecar(helm: Helm) -> None:
    folder = {"grafana_folder": "Training"}
    found = [
        each
        for each in of("ConfigMap", rendered(helm, dashboards={"annotations": folder}))
        if each["metadata"]["labels"].get("grafana_dashboard") == "1"
    ]
    contents = {name: json.loads(text) for each in found for name, text in each["data"].items()}
    written = {f"workout-{path.name}": json.loads(path.read_text()) for path in CHART.glob("dashboards/*.json")}
    assert contents == written
    for each in found:
        assert each["metadata"]["annotations"] == folder
        assert re.fullmatch(r"gym-dashboard-[a-z-]+", each["metadata"]["name"])
