"""Prometheus and Grafana for development: restricted pods, and a configuration that Prometheus takes."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.observability.asked import ROOT

Manifest = dict[str, Any]
FILES = ("prometheus", "grafana")


def manifests(name: str) -> list[Manifest]:
    """The objects of a file."""
    return list(yaml.safe_load_all((ROOT / "k8s-dev" / f"{name}.yaml").read_text(encoding="utf-8")))


def one(name: str, kind: str) -> Manifest:
    """The only one of its kind."""
    (found,) = [each for each in manifests(name) if each["kind"] == kind]
    return found


@pytest.mark.parametrize("name", FILES)
def test_pods_are_restricted_and_pinned(name: str) -> None:
    pod = one(name, "Deployment")["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["image"].rpartition(":")[2][0] in "v0123456789"
    assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize("name", FILES)
def test_what_is_mounted_exists_or_may_be_missing(name: str) -> None:
    made = {each["metadata"]["name"] for each in manifests(name) if each["kind"] == "ConfigMap"}
    pod = one(name, "Deployment")["spec"]["template"]["spec"]
    for volume in pod["volumes"]:
        if "configMap" in volume:
            assert volume["configMap"]["name"] in made or volume["configMap"]["optional"]
    mounts = {mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
    assert mounts == {volume["name"] for volume in pod["volumes"]}


@pytest.mark.parametrize("name", FILES)
def test_the_service_finds_the_pods(name: str) -> None:
    labels = one(name, "Deployment")["spec"]["template"]["metadata"]["labels"]
    service = one(name, "Service")["spec"]
    assert service["selector"].items() <= labels.items()
    (port,) = one(name, "Deployment")["spec"]["template"]["spec"]["containers"][0]["ports"]
    assert service["ports"][0]["targetPort"] == port["name"]


def test_prometheus_takes_its_configuration(promtool: str, tmp_path: Path) -> None:
    text = one("prometheus", "ConfigMap")["data"]["prometheus.yml"]
    (config := tmp_path / "prometheus.yml").write_text(text)
    command = [promtool, "check", "config", "--syntax-only", str(config)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_grafana_looks_where_prometheus_and_the_dashboards_are() -> None:
    data = one("grafana", "ConfigMap")["data"]
    (source,) = yaml.safe_load(data["datasources.yaml"])["datasources"]
    service = one("prometheus", "Service")
    assert source["url"] == f"http://{service['metadata']['name']}:{service['spec']['ports'][0]['port']}"
    (provider,) = yaml.safe_load(data["dashboards.yaml"])["providers"]
    mounts = one("grafana", "Deployment")["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]
    assert provider["options"]["path"] in {mount["mountPath"] for mount in mounts}
