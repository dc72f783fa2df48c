"""values.yaml, its schema and its documents say the same; every value does something; no typo goes unseen."""

import hashlib
import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import yaml

from scripts import chart_values
from tests.chart.conftest import EVERYTHING, OUTSIDE
from tests.chart.rendering import CHART, SERVICES, Helm

BITNAMI = ("postgresql", "redis")
Path = tuple[str, ...]


def leaves(values: Any, path: Path = ()) -> Iterator[Path]:
    """The path of everything that is no further mapping."""
    if isinstance(values, dict) and values:
        for name, value in values.items():
            yield from leaves(value, (*path, name))
    else:
        yield path


def ours(values: dict[str, Any]) -> dict[str, Any]:
    """Without the values of Bitnami's charts."""
    return {name: value for name, value in values.items() if name not in BITNAMI}


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
        {"worker": {"tasks": {"refresh-exercises": {"schedule": "hourly"}}}},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(helm: Helm, values: dict[str, Any]) -> None:
    assert "values don't meet the specifications of the schema" in helm.refusal(values)


def other(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case dict():
            return {"added": "x"}
        case list():
            return [*value, *(value[:1] or [{"key": "x"}])]
    return {
        "private": "open",
        "json": "text",
        "INFO": "DEBUG",
        "IfNotPresent": "Always",
        "prefer": "require",
        "require": "verify-full",
    }.get(str(value), str(value))


SPECIAL: dict[str, Any] = {
    "disabled": ["WorkoutApiSlow"],
    "services": ["api"],
    "interval": "60s",
    "scrapeTimeout": "5s",
    "runbookUrl": "https://other",
    "grafana_dashboard": "yes",
    "settings": {"API_X": "1"},
    "probes": {"startup": {"failureThreshold": 9}},
    "imagePullSecrets": ["another"],
    "type": "NodePort",
    "nodePort": 30000,
    "auth": "open",
    "digest": f"sha256:{'0' * 64}",
    "trustedProxies": ["192.0.2.0/24"],
    "cidrs": ["192.0.2.0/24"],
    "except": ["192.0.2.0/24"],
    "ports": [8443],
    "hosts": ["mcp.example.org"],
    "schedule": "5 5 * * *",
    "timeZone": "Europe/Berlin",
    "endpoint": "https://other",
}
TEXTS = ("imageRegistry", "registry", "tag", "imageTag", "priorityClassName", "className", "tlsSecret", "host", "image")
NAMES = ("name", "username", "passwordKey", "model", "adminUsername", "existingSecret", "anthropicKey", "openaiKey")
PLAIN = {"repository", "existingClaim", "database", "redis", "keys", "serviceAccounts", *TEXTS, *NAMES}
QUANTITIES = {"cpu": "123m", "memory": "99Mi", "ephemeral-storage": "99Mi"}
PATHS = {"live": "/other", "ready": "/other"}


def changed(path: Path, value: Any) -> Any:
    """A value for this path that differs from `value` and is allowed."""
    name = path[-1]
    known: dict[str, Any] = {**SPECIAL, **QUANTITIES, **PATHS, **dict.fromkeys(PLAIN, "changed")}
    return known[name] if name in known else other(value)


def with_value(values: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """A copy that differs in one place."""
    copy: dict[str, Any] = deepcopy(values)
    at = copy
    for name in path[:-1]:
        at = at.setdefault(name, {})
    at[path[-1]] = value
    return copy


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """As Helm does it."""
    return base | {
        name: merged(base[name], value) if isinstance(value, dict) and isinstance(base.get(name), dict) else value
        for name, value in over.items()
    }


def test_every_value_changes_something(helm: Helm) -> None:
    """Of the smaller charts' values only those of the API are tried: the same templates read the others'."""
    start = merged(EVERYTHING, OUTSIDE)
    start["ai-coach"]["autoscaling"] = {"enabled": True}
    defaults = merged(ours(chart_values.defaults()), ours(start))
    before = helm.template(start)
    skipped = ("replicas", "enabled", "allowInsecureImages", "minReplicas", "digest")
    idle = []
    for path in leaves(defaults):
        if path[0] in ("worker", "frontend", "mcp", "ai-coach") or path[-1] in skipped:
            continue
        at: Any = defaults
        for name in path:
            at = at[name]
        if helm.template(with_value(start, path, changed(path, at))) == before:
            idle.append(".".join(path))
    assert idle == []


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
