"""Every object that the chart makes, each way it can be installed, keeps the rules of a careful cluster."""

from collections import Counter
from typing import Any

import kubernetes_validate
import pytest

from tests.chart.rendering import NAMESPACE, Manifest, containers, named, pods

CUSTOM = {"HTTPRoute", "ServiceMonitor", "PrometheusRule"}  # kinds that Kubernetes itself does not know
KUBERNETES = ("1.30", "1.34")


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_knows_every_field(objects: list[Manifest], version: str) -> None:
    for each in objects:
        if each["kind"] not in CUSTOM:
            kubernetes_validate.validate(each, version, strict=True)


def test_nothing_is_there_twice(objects: list[Manifest]) -> None:
    names = Counter((each["kind"], each["metadata"]["name"]) for each in objects)
    assert [name for name, times in names.items() if times > 1] == []
    for _, pod in pods(objects):
        for container in containers(pod):
            for part in ("env", "ports", "volumeMounts"):
                found = Counter(entry.get("name") or entry["mountPath"] for entry in container.get(part, []))
                assert part == "volumeMounts" or max(found.values(), default=1) == 1, (container["name"], part)
            paths = Counter(mount["mountPath"] for mount in container.get("volumeMounts", []))
            assert max(paths.values(), default=1) == 1


def test_pods_are_restricted(objects: list[Manifest]) -> None:
    for name, pod in pods(objects):
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec), name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["runAsUser"] >= 10000, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert {"hostPath"} & {kind for volume in spec["volumes"] for kind in volume} == set(), name
        for container in containers(pod):
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["readOnlyRootFilesystem"] is True, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name


def ours(objects: list[Manifest]) -> list[tuple[str, Manifest]]:
    """Without those of the stand-ins."""
    return [(name, pod) for name, pod in pods(objects) if not name.startswith("StatefulSet/")]


def test_pods_know_no_other_services_variables(objects: list[Manifest]) -> None:
    assert {pod["spec"]["enableServiceLinks"] for _, pod in ours(objects)} == {False}


def test_containers_say_what_they_need(objects: list[Manifest]) -> None:
    for name, pod in ours(objects):
        for container in containers(pod):
            assert set(container["resources"]) == {"requests", "limits"}, name
            for amounts in container["resources"].values():
                assert {"cpu", "memory"} <= set(amounts), name


def test_images_have_a_tag_that_means_something(objects: list[Manifest]) -> None:
    images = {container["image"] for _, pod in pods(objects) for container in containers(pod)}
    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []


def test_deployments_are_asked_in_three_ways(objects: list[Manifest]) -> None:
    for each in named(objects, "Deployment"):
        (container,) = each["spec"]["template"]["spec"]["containers"]
        asked = [container[f"{kind}Probe"] for kind in ("startup", "readiness", "liveness")]
        assert {probe["httpGet"]["port"] for probe in asked} == {"http"}
        assert [probe["httpGet"]["path"] for probe in asked] in (
            ["/livez", "/readyz", "/livez"],
            ["/healthz", "/healthz", "/healthz"],
        )


def test_a_pod_that_goes_is_given_its_time(objects: list[Manifest]) -> None:
    for each in named(objects, "Deployment"):
        assert each["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        spec = each["spec"]["template"]["spec"]
        sleep = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert spec["terminationGracePeriodSeconds"] >= sleep + 5, each["metadata"]["name"]


def matches(selector: dict[str, str], pod: Manifest) -> bool:
    """Is the pod one of those that a selector means?"""
    return bool(selector) and selector.items() <= pod["metadata"].get("labels", {}).items()


@pytest.mark.parametrize("kind", ["Deployment", "Service", "PodDisruptionBudget"])
def test_a_selector_finds_the_pods_of_one_workload(objects: list[Manifest], kind: str) -> None:
    for each in named(objects, kind):
        selector: dict[str, Any] = each["spec"]["selector"]
        found = [name for name, pod in pods(objects) if matches(selector.get("matchLabels", selector), pod)]
        assert len(found) == 1, (each["metadata"]["name"], found)


def test_a_service_leads_to_a_port_that_is_there(objects: list[Manifest]) -> None:
    for service in named(objects, "Service"):
        (pod,) = (pod for _, pod in pods(objects) if matches(service["spec"]["selector"], pod))
        there = {port["name"] for container in containers(pod) for port in container.get("ports", [])}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= there


def test_what_is_referred_to_is_there(objects: list[Manifest]) -> None:
    for name, pod in ours(objects):
        assert named(objects, "ServiceAccount", pod["spec"]["serviceAccountName"]), name
        volumes = pod["spec"]["volumes"]
        configs = [volume["configMap"]["name"] for volume in volumes if "configMap" in volume]
        configs += [s["configMapRef"]["name"] for c in containers(pod) for s in c.get("envFrom", [])]
        for config in configs:
            assert named(objects, "ConfigMap", config), (name, config)
        for container in containers(pod):
            mounted = {mount["name"] for mount in container["volumeMounts"]}
            assert mounted <= {volume["name"] for volume in volumes}, name


def test_a_scaled_deployment_has_no_number_of_its_own(everything: list[Manifest]) -> None:
    scaled = {hpa["spec"]["scaleTargetRef"]["name"] for hpa in named(everything, "HorizontalPodAutoscaler")}
    assert scaled == {"gym-api", "gym-ai-coach", "gym-frontend"}
    for each in named(everything, "Deployment"):
        assert ("replicas" in each["spec"]) == (each["metadata"]["name"] not in scaled)
    for hpa in named(everything, "HorizontalPodAutoscaler"):
        assert set(hpa["spec"]["behavior"]) == {"scaleUp", "scaleDown"}


def test_everything_is_of_the_releases_namespace(objects: list[Manifest]) -> None:
    made = [each["metadata"] for each in objects if "labels" in each["metadata"]]  # stand-ins have none
    assert {metadata["namespace"] for metadata in made} == {NAMESPACE}
