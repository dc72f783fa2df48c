"""The Tiltfile and the laptop's cluster. Tilt is not needed: its functions write down what the Tiltfile tells them."""

import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chart.rendering import ROOT, SERVICES, Helm, containers, named, pods
from tests.chart.tilt import Tilt, execute

DEVELOPMENT = ROOT / "k8s-dev"
PORTS = {"frontend": "3000:8080", "api": "8000", "ai-coach": "8001", "worker": "8002", "mcp": "8003"}
TASKS = {"refresh-exercises", "warmup-ai-cache", "cleanup-stale-data"}
WORKLOADS = ("Deployment", "StatefulSet", "CronJob")
# Of kind's v1alpha4, what k8s-dev/kind.yaml may use. kind itself knows more; the test after it asks it, where it is.
KIND_KEYS = {"kind", "apiVersion", "name", "nodes", "networking", "containerdConfigPatches", "featureGates"}
NODE_KEYS = {"role", "image", "extraMounts", "extraPortMappings", "labels"}
# Answers what kind asks before it pulls the node's image, which it does once it has taken its configuration.
NO_IMAGES = "#!/bin/sh\ncase $1 in ps) ;; info) echo '{}' ;; *) exit 1 ;; esac\n"


@pytest.fixture(scope="module")
def tilt(helm: Helm) -> Tilt:
    """What `tilt up` would be told."""
    return execute(ROOT / "Tiltfile", Tilt(helm))


def test_tilt_goes_nowhere_but_to_the_laptop(tilt: Tilt) -> None:
    cluster = yaml.safe_load((DEVELOPMENT / "kind.yaml").read_text(encoding="utf-8"))
    assert tilt.contexts == [f"kind-{cluster['name']}"]
    assert tilt.constraints == [">=0.33.0"]


def test_every_path_is_there(tilt: Tilt) -> None:
    paths = {build["context"] for build in tilt.builds} | {path for each in tilt.charts for path in each["values"]}
    paths |= {each["chart"] for each in tilt.charts} | {path for build in tilt.builds for path in build["only"]}
    paths |= {build["dockerfile"] for build in tilt.builds if "dockerfile" in build}
    for step in _steps(tilt):
        paths |= {step["sync"]} if "sync" in step else set(step.get("fall_back_on", []))
    assert len(paths) > 30
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


def test_each_image_is_built_once_and_used(tilt: Tilt) -> None:
    built = Counter(build["ref"] for build in tilt.builds)
    used = {each["image"].rsplit(":", 1)[0] for _, pod in pods(tilt.objects) for each in containers(pod)}
    assert built == Counter({f"workout-tracker/{service}": 1 for service in SERVICES})
    assert {image for image in used if image.startswith("workout-tracker/")} == set(built)


def test_what_an_image_is_built_from_is_what_its_dockerfile_copies(tilt: Tilt) -> None:
    for build in tilt.builds:
        text = build.get("dockerfile_contents") or (ROOT / build["dockerfile"]).read_text(encoding="utf-8")
        copied = {path for line in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE) for path in line.split()}
        missing = [path for path in copied if not any(_within(path, only) for only in build["only"])]
        unused = [only for only in build["only"] if not any(_within(path, only) for path in copied)]
        assert (missing, unused) == ([], []), build["ref"]


def test_every_line_is_a_workload_and_every_workload_a_line(tilt: Tilt) -> None:
    workloads = {each["metadata"]["name"] for kind in WORKLOADS for each in named(tilt.objects, kind)}
    assert {each["workload"] for each in tilt.resources.values()} == workloads
    needed = {need for each in tilt.resources.values() for need in each.get("resource_deps", [])}
    assert needed <= set(tilt.resources)
    assert {*SERVICES, *TASKS, "postgresql", "redis"} <= set(tilt.resources)
    groups = {label for each in tilt.resources.values() for label in each["labels"]}
    assert {"app", "data", "jobs"} <= groups <= {"app", "data", "jobs", "observability"}


def test_ports_are_the_promised_ones_and_somebody_listens_there(tilt: Tilt) -> None:
    assert {name: tilt.resources[name]["port_forwards"] for name in SERVICES} == {
        name: [port] for name, port in PORTS.items()
    }
    for name, forwarded in PORTS.items():
        (deployment,) = named(tilt.objects, "Deployment", f"workout-{name}")
        ports = deployment["spec"]["template"]["spec"]["containers"][0]["ports"]
        assert [each["containerPort"] for each in ports] == [int(forwarded.split(":")[-1])]


def test_nothing_of_helms_hooks_reaches_tilt(tilt: Tilt) -> None:
    assert [each for each in tilt.objects if "helm.sh/hook" in (each["metadata"].get("annotations") or {})] == []


def test_secrets_are_the_same_at_every_rendering(helm: Helm, tilt: Tilt) -> None:
    again = execute(ROOT / "Tiltfile", Tilt(helm))
    secrets = {each["metadata"]["name"]: set(each["stringData"]) for each in named(tilt.objects, "Secret")}
    assert named(again.objects, "Secret") == named(tilt.objects, "Secret")
    for _, pod in pods(tilt.objects):
        for volume in pod["spec"].get("volumes", []):
            for source in volume.get("projected", {}).get("sources", []):
                keys = {item["key"] for item in source["secret"]["items"]}
                assert keys <= secrets[source["secret"]["name"]]
            if "secret" in volume:
                assert volume["secret"]["secretName"] in secrets


def test_what_is_updated_in_place_can_be_written_and_starts_again(tilt: Tilt) -> None:
    live = {build["ref"].split("/")[1]: build for build in tilt.builds if "live_update" in build}
    assert set(live) == {"api", "ai-coach", "mcp"}
    for name in SERVICES:
        (deployment,) = named(tilt.objects, "Deployment", f"workout-{name}")
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        assert container["securityContext"]["readOnlyRootFilesystem"] is (name not in live)
        assert ("command" in container) is (name in live)
        if name in live:
            text = live[name]["dockerfile_contents"]
            started = " ".join(re.findall(r'"([^"]+)"', "".join(re.findall(r"^(?:ENTRYPOINT|CMD) .*$", text, re.M))))
            assert f"  {started} & server=$!" in container["command"][2]
            assert text.rstrip().endswith("USER 10001:10001")


def test_python_of_the_live_updates_is_the_images(tilt: Tilt) -> None:
    version = re.search(r"^FROM python:(3\.\d+)", tilt.builds[0]["dockerfile_contents"], re.MULTILINE)
    assert version
    for step in _steps(tilt):
        if "sync" in step:
            assert step["to"] == f"/app/lib/python{version[1]}/site-packages/{Path(step['sync']).name}"


def test_a_button_starts_each_task(tilt: Tilt) -> None:
    assert {each["resource"] for each in tilt.buttons.values()} == TASKS
    for button in tilt.buttons.values():
        assert f"--from=cronjob/workout-{button['resource']} " in button["argv"][2]
        assert named(tilt.objects, "CronJob", f"workout-{button['resource']}")


def test_tests_wait_until_they_are_asked_for(tilt: Tilt) -> None:
    assert tilt.tests
    targets = re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for each in tilt.tests.values():
        assert (each["trigger_mode"], each["auto_init"]) == ("manual", False)
        assert all(target in targets for target in re.findall(r"^make (\S+)", each["cmd"]))


@pytest.mark.parametrize("fetched", [True, False])
def test_bitnamis_charts_are_fetched_once(helm: Helm, fetched: bool) -> None:
    told = execute(ROOT / "Tiltfile", Tilt(helm, fetched=fetched))
    assert told.commands == ([] if fetched else ["helm dependency build charts/workout-tracker"])


def test_kinds_file_has_no_key_that_kind_does_not_know() -> None:
    cluster = yaml.safe_load((DEVELOPMENT / "kind.yaml").read_text(encoding="utf-8"))
    assert (cluster["kind"], cluster["apiVersion"]) == ("Cluster", "kind.x-k8s.io/v1alpha4")
    assert set(cluster) <= KIND_KEYS
    assert {key for node in cluster["nodes"] for key in node} <= NODE_KEYS


@pytest.mark.skipif(shutil.which("kind") is None, reason="kind is not there: only the keys of its file were compared")
@pytest.mark.parametrize(
    ("mistake", "said"), [("", "failed to pull image"), ("nodez: []\n", "unable to decode config")]
)
def test_kinds_own_parser_takes_its_file(tmp_path: Path, mistake: str, said: str) -> None:
    (tmp_path / "docker").write_text(NO_IMAGES)
    (tmp_path / "docker").chmod(0o755)
    (tmp_path / "kind.yaml").write_text((DEVELOPMENT / "kind.yaml").read_text(encoding="utf-8") + mistake)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "KIND_EXPERIMENTAL_PROVIDER": "docker"}
    command = ["kind", "create", "cluster", "--config", str(tmp_path / "kind.yaml"), "--name", "parsed"]
    command += ["--kubeconfig", str(tmp_path / "kubeconfig")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert said in done.stderr


def _steps(tilt: Tilt) -> list[dict[str, Any]]:
    return [step for build in tilt.builds for step in build.get("live_update", [])]


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
