"""Helm and the chart, once for all tests, and the ways to install it that they look at."""

from typing import Any

import pytest
import yaml

from tests.chart.rendering import CHART, Helm, Manifest, find_helm, with_stand_ins

EVERYTHING: dict[str, Any] = {
    "global": {
        "tracing": {"endpoint": "http://collector.monitoring:4318"},
        "networkPolicy": {
            "metricsFrom": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
        },
        "imagePullSecrets": ["registry"],
    },
    "api": {"autoscaling": {"enabled": True}, "settings": {"API_MAX_BODY_BYTES": 1048576, "RATELIMIT_ENABLED": False}},
    "ai-coach": {
        "autoscaling": {"enabled": True},
        "llm": {"existingSecret": "llm", "openaiKey": "openai-api-key", "model": "openai:gpt-5-mini"},
    },
    "frontend": {"autoscaling": {"enabled": True}},
    "observability": {name: {"enabled": True} for name in ("serviceMonitors", "alerts", "dashboards")},
    "mcp": {"enabled": True, "write": True},
    "ingress": {"enabled": True, "tlsSecret": "workout-tls"},
    "httpRoute": {"enabled": True, "parentRefs": [{"name": "gateway"}]},
    "backup": {"enabled": True, "existingClaim": "backups"},
}
OUTSIDE: dict[str, Any] = {
    "postgresql": {"enabled": False},
    "redis": {"enabled": False},
    "global": {
        "database": {"host": "db.example.org", "port": 5433, "sslMode": "require", "cidrs": ["192.0.2.7/32"]},
        "redisServer": {"host": "redis.example.org", "tls": True, "cidrs": ["192.0.2.8/32"]},
        "secrets": {"database": "my-db", "redis": "my-redis", "keys": "my-keys", "serviceAccounts": "my-accounts"},
    },
    "backup": {"enabled": True, "existingClaim": "backups"},
}
FEW: dict[str, Any] = {
    "frontend": {"enabled": False},
    "worker": {"enabled": False},
    "global": {"networkPolicy": {"enabled": False}, "access": "open"},
}
VARIANTS = {"default": {}, "everything": EVERYTHING, "outside": OUTSIDE, "few": FEW}


@pytest.fixture(scope="session")
def helm(tmp_path_factory: pytest.TempPathFactory) -> Helm:
    """Renders a copy of the chart."""
    return Helm(find_helm(), with_stand_ins(tmp_path_factory.mktemp("chart")))


@pytest.fixture(scope="session")
def production() -> dict[str, Any]:
    """The example for more than a try."""
    values: dict[str, Any] = yaml.safe_load((CHART / "values-production.yaml").read_text(encoding="utf-8"))
    return values


@pytest.fixture(scope="session", params=[*VARIANTS, "production"])
def objects(request: pytest.FixtureRequest, helm: Helm, production: dict[str, Any]) -> list[Manifest]:
    """What is installed, each way."""
    return helm.objects(VARIANTS.get(request.param, production))


@pytest.fixture(scope="session")
def everything(helm: Helm) -> list[Manifest]:
    """All that there can be."""
    return helm.objects(EVERYTHING)
