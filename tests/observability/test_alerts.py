"""The alerts: each is tested by promtool against made-up series, and has a page that says what to do."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.observability.asked import ROOT, RULES, alerts, rules, series

RUNBOOKS = ROOT / "docs" / "runbooks"
TESTS = sorted((Path(__file__).parent / "alerts").glob("*.yaml"))
ALERTS = {alert["alert"] for alert in alerts()}


def test_every_file_of_rules_has_its_tests() -> None:
    assert [path.name for path in TESTS] == [path.name for path in RULES]


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_alerts_fire_when_they_should_and_else_not(promtool: str, path: Path) -> None:
    ended = subprocess.run([promtool, "test", "rules", path], capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_promtool_takes_the_rules(promtool: str) -> None:
    command = [promtool, "check", "rules", "--lint-fatal", *map(str, RULES)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_each_alert_was_seen_to_fire_and_seen_not_to() -> None:
    fired: set[str] = set()
    silent: set[str] = set()
    for path in TESTS:
        for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]:
            for expected in test["alert_rule_test"]:
                (fired if expected.get("exp_alerts") else silent).add(expected["alertname"])
    assert fired == silent == ALERTS


def test_an_alert_says_how_bad_it_is_and_what_is_wrong() -> None:
    for alert in alerts():
        assert alert["labels"]["severity"] in ("critical", "warning"), alert["alert"]
        assert re.fullmatch(r".{10,89}[^.]", alert["annotations"]["summary"]), alert["alert"]
        assert alert["annotations"]["description"].endswith("."), alert["alert"]
        assert "namespace" in alert["annotations"]["description"], alert["alert"]


def test_few_alerts_wake_people() -> None:
    assert {alert["alert"] for alert in alerts() if alert["labels"]["severity"] == "critical"} == {
        "WorkoutApiDown",
        "WorkoutDatabaseDown",
        "WorkoutErrorBudgetBurnsFast",
        "WorkoutBackupStale",
    }


def test_rules_look_at_one_namespace() -> None:
    """The chart replaces `namespace="workout"`, so whatever lacks it would look at everybody's."""
    for rule in rules():
        chosen = len(series(rule["expr"]))
        assert rule["expr"].count('namespace="workout"') >= chosen, rule.get("alert") or rule["record"]
        assert all("namespace" in each.labels for each in series(rule["expr"]))


def test_every_alert_has_its_runbook_and_no_runbook_is_left_over() -> None:
    assert {path.stem for path in RUNBOOKS.glob("Workout*.md")} == ALERTS


def test_the_list_of_runbooks_is_complete_and_right() -> None:
    listed = re.findall(r"^\| \[(\w+)\]\(\1\.md\) \| (\w+) \|", (RUNBOOKS / "README.md").read_text(), re.MULTILINE)
    assert dict(listed) == {alert["alert"]: alert["labels"]["severity"] for alert in alerts()}


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_a_runbook_has_its_four_parts(name: str) -> None:
    text = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {name}\n")
    assert re.findall(r"^\*\*(Means|Impact|Look at|Do)", text, re.MULTILINE) == ["Means", "Impact", "Look at", "Do"]
    assert text.count("```") % 2 == 0


def variables_in(text: str) -> set[str]:
    """Settings that a page names."""
    return set(re.findall(r"\b(?:AI|API|WORKER|RATELIMIT|REDIS)_[A-Z_]+\b", text))


def test_runbooks_name_settings_that_exist() -> None:
    readme: Any = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in RUNBOOKS.glob("*.md"):
        for variable in variables_in(path.read_text(encoding="utf-8")):
            whole, last = variable, "_" + variable.rpartition("_")[2]
            assert f"`{whole}`" in readme or f"`{last}`" in readme, (path.name, variable)
