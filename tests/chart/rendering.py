"""The chart as Helm renders it, with stand-ins for Bitnami's charts, which nobody needs to test ours."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CHART = ROOT / "charts" / "workout-tracker"
SERVICES = ("api", "ai-coach", "worker", "frontend", "mcp")
RELEASE, NAMESPACE = "gym", "workout"
API_VERSIONS = ("gateway.networking.k8s.io/v1",)

Manifest = dict[str, Any]

STAND_IN = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: {{{{ printf "%s-{service}" .Release.Name | trunc 63 | quote }}}}}}
spec:
  serviceName: {name}
  selector:
    matchLabels: &labels {{app.kubernetes.io/name: {name}, app.kubernetes.io/instance: "{{{{ .Release.Name }}}}"}}
  template:
    metadata: {{labels: *labels}}
    spec:
      automountServiceAccountToken: false
      securityContext: {{runAsNonRoot: true, runAsUser: 10001, seccompProfile: {{type: RuntimeDefault}}}}
      containers:
        - name: {name}
          image: "{{{{ .Values.image.repository }}}}:{{{{ .Values.image.tag }}}}"
          ports: [{{name: tcp, containerPort: {port}}}]
          resources: {{requests: {{cpu: 1m, memory: 1Mi}}, limits: {{cpu: 1m, memory: 1Mi}}}}
          securityContext:
            {{allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {{drop: [ALL]}}}}
      volumes:
        - name: password
          secret:
            secretName: {{{{ tpl .Values.auth.existingSecret . | quote }}}}
---
apiVersion: v1
kind: Service
metadata: {{name: {{{{ printf "%s-{service}" .Release.Name | trunc 63 | quote }}}}}}
spec:
  selector: {{app.kubernetes.io/name: {name}, app.kubernetes.io/instance: "{{{{ .Release.Name }}}}"}}
  ports: [{{name: tcp, port: {port}, targetPort: tcp}}]
"""


class DuplicateKey(Exception):
    """A mapping says the same twice; YAML readers take the last one in silence."""


class Loader(yaml.CSafeLoader):
    """YAML, but no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Raises DuplicateKey."""
        keys = [key.value for key, _ in node.value]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise DuplicateKey(f"{twice} {node.start_mark}")
        return super().construct_mapping(node, deep)


@dataclass(frozen=True)
class Helm:
    """`helm`, and the chart that it renders."""

    program: str
    chart: Path

    def run(self, *arguments: str, values: Mapping[str, Any] | None = None) -> subprocess.CompletedProcess[str]:
        """One command; `values` go in by standard input."""
        command = [self.program, *arguments, *(["--values", "-"] if values is not None else [])]
        given = json.dumps(values) if values is not None else None  # JSON is YAML in which no word is a boolean
        return subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=120)

    def template(self, values: Mapping[str, Any], *more: str, release: str = RELEASE) -> str:
        """What would be installed. Fails the test when Helm refuses."""
        versions = [word for version in API_VERSIONS for word in ("--api-versions", version)]
        done = self.run("template", release, str(self.chart), "-n", NAMESPACE, *versions, *more, values=values)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def objects(self, values: Mapping[str, Any], *more: str, release: str = RELEASE) -> list[Manifest]:
        """The same, read."""
        text = self.template(values, *more, release=release)
        return [each for each in yaml.load_all(text, Loader) if each]

    def refusal(self, values: Mapping[str, Any], release: str = RELEASE) -> str:
        """Why Helm does not render these values."""
        done = self.run("template", release, str(self.chart), values=values)
        assert done.returncode != 0
        return done.stderr


def find_helm() -> str:
    """An installed one, or the one that `make test` unpacks."""
    found = shutil.which("helm") or shutil.which(str(ROOT / ".tools" / "helm"))
    if found is None:
        pytest.skip("helm is not there; `make .tools/helm` gets it")
    return found


def with_stand_ins(folder: Path) -> Path:
    """A copy of the chart that needs no `helm dependency build`."""
    chart = folder / "workout-tracker"
    shutil.copytree(CHART, chart, ignore=shutil.ignore_patterns("*.tgz"))
    dependencies = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))["dependencies"]
    versions = {each["name"]: each["version"] for each in dependencies}
    for name, service, port in (("postgresql", "postgresql", 5432), ("redis", "redis-master", 6379)):
        templates = chart / "charts" / name / "templates"
        templates.mkdir(parents=True)
        (templates / "all.yaml").write_text(STAND_IN.format(name=name, service=service, port=port))
        (chart / "charts" / name / "Chart.yaml").write_text(
            yaml.safe_dump({"apiVersion": "v2", "name": name, "version": versions[name]})
        )
    return chart


def pods(objects: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """(whose, {metadata, spec}) of every pod that the objects make."""
    for each in objects:
        name = f"{each['kind']}/{each['metadata']['name']}"
        if each["kind"] == "Pod":
            yield name, each
        elif each["kind"] in ("Deployment", "StatefulSet", "Job"):
            yield name, each["spec"]["template"]
        elif each["kind"] == "CronJob":
            yield name, each["spec"]["jobTemplate"]["spec"]["template"]


def containers(pod: Manifest) -> list[Manifest]:
    """All of a pod's, those that come first included."""
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def named(objects: list[Manifest], kind: str, name: str | None = None) -> list[Manifest]:
    """The objects of a kind, or the one of a name."""
    return [each for each in objects if each["kind"] == kind and name in (None, each["metadata"]["name"])]
