"""Values, and other ones in their place."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

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
REGISTRIES = ("imageRegistry", "ownImageRegistry", "registry")
TEXTS = (*REGISTRIES, "tag", "imageTag", "priorityClassName", "className", "tlsSecret", "host", "image")
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
