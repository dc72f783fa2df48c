"""values.yaml, its schema and its documents say the same; every value does something; no typo goes unseen."""

import hashlib
import json
import re
from typing import Any

import pytest
import yaml

from scripts import chart_values
from tests.chart.changing import BITNAMI, Path, leaves, ours, with_value
from tests.chart.rendering import CHART, SERVICES, Helm


def test_what_is_made_from_the_schema_is_up_to_date() -> None:
    for path, text in chart_values.made().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: make chart-docs"


def test_every_value_has_its_meaning_in_the_readme() -> None:
    schema, values = chart_values.whole(), ours(chart_values.defaults())
    documented = {
        row[0].strip("`")
        for group, node in schema["properties"].items()
        for row in chart_values.rows(node, schema["$defs"], chart_values.defaults().get(group), group)
    }
    paths = {".".join(path) for path in leaves(values)}
    silent = {p for p in paths if not any(p == d or p.startswith(f"{d}.") for d in documented)}
    assert silent == {"global.security.allowInsecureImages"} - documented - {"global.security.allowInsecureImages"}


def test_every_value_of_the_schema_has_a_default() -> None:
    schema, values = chart_values.whole(), chart_values.defaults()
    bitnamis = {f"global.{name}" for name in ("storageClass", "defaultStorageClass", "compatibility", *BITNAMI)}
    missing = set()
    for group, node in schema["properties"].items():
        for row in chart_values.rows(node, schema["$defs"], values.get(group), group):
            path, at = row[0].strip("`"), values
            for name in path.split("."):
                if not isinstance(at, dict) or name not in at:
                    missing.add(path)
                    break
                at = at[name]
    assert missing - bitnamis == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_typo_is_refused_with_its_place(helm: Helm, service: str) -> None:
    refusal = helm.refusal({service: {"enabled": True, "replicsa": 3}})
    assert f"at '/{service}': additional properties 'replicsa' not allowed" in refusal


@pytest.mark.parametrize(
    "values",
    [
        {"apii": {}},
        {"global": {"acces": "open"}},
        {"global": {"access": "closed"}},
        {"api": {"replicas": "two"}},
        {"api": {"resources": {"requests": {"cpu": "one"}}}},
        {"worker": {"tasks": {"refresh": {"schedule": "0 * * * *"}}}},
        {"api": {"podLabels": {"app.kubernetes.io/name": "mine"}}},
        {"global": {"networkPolicy": {"dnsTo": []}}},
        {"global": {"database": {"cidrs": []}}},
        {"ai-coach": {"llm": {"egress": {"cidrs": []}}}},
        {"ai-coach": {"llm": {"egress": {"ports": []}}}},
        {"worker": {"tasks": {"refresh-exercises": {"schedule": "hourly"}}}},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(helm: Helm, values: dict[str, Any]) -> None:
    assert "values don't meet the specifications of the schema" in helm.refusal(values)


@pytest.mark.parametrize(
    ("place", "missing"),
    [
        ("global.database", "at '/global': missing property 'database'"),
        ("global.access", "at '/global': missing property 'access'"),
        ("backup", "at '': missing property 'backup'"),
        ("observability.alerts", "at '/observability': missing property 'alerts'"),
        ("api.replicas", "api:\n- at '': missing property 'replicas'"),
        ("ai-coach.llm", "ai-coach:\n- at '': missing property 'llm'"),
        ("worker.taskDefaults", "worker:\n- at '': missing property 'taskDefaults'"),
    ],
)
def test_a_key_that_is_left_without_a_value_is_missed_by_name(helm: Helm, place: str, missing: str) -> None:
    """YAML takes `replicas:` for null, and Helm null for "no default, please"."""
    assert missing in helm.refusal(with_value({}, tuple(place.split(".")), None))


def test_a_key_whose_default_is_empty_may_be_left_without_a_value(helm: Helm) -> None:
    defaults = ours(chart_values.defaults())
    values: dict[str, Any] = {}
    for path in leaves(defaults):
        if value_at(defaults, path) in (None, "", [], {}):
            values = with_value(values, path, None)
    assert len(values["global"]) > 5
    assert helm.objects({**values, "mcp": {**values["mcp"], "enabled": True}})


def examples() -> list[str]:
    """The YAML of the README."""
    return re.findall(
        r"^```yaml\n(.*?)^```", (CHART / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )


@pytest.mark.parametrize("text", examples())
def test_the_values_that_the_readme_shows_render(helm: Helm, text: str) -> None:
    assert helm.objects(yaml.safe_load(text))


def value_at(values: Any, path: Path) -> Any:
    """The one in that place."""
    for name in path:
        values = values[name]
    return values


def test_the_lock_is_of_these_dependencies() -> None:
    """Helm refuses another; what it hashes is the list as it stands in both files."""
    wanted = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))["dependencies"]
    lock = yaml.safe_load((CHART / "Chart.lock").read_text(encoding="utf-8"))
    keys = ("name", "version", "repository", "condition")
    both = [
        [{key: each.get(key, "") for key in keys if each.get(key) or key == "repository"} for each in dependencies]
        for dependencies in (wanted, lock["dependencies"])
    ]
    digest = hashlib.sha256(json.dumps(both, separators=(",", ":")).encode()).hexdigest()
    assert lock["digest"] == f"sha256:{digest}"
