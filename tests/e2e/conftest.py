"""The release that these tests ask. `make e2e` sets what they need; without it none of them is collected."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import pytest

from tests.e2e.cluster import RELEASE, Cluster

collect_ignore_glob = [] if "E2E_CHART" in os.environ else ["test_*.py"]

MINUTES_TO_READY = 4
POLICY = "pod-security.kubernetes.io"
LEFT = {"PersistentVolumeClaim", "Secret"}


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A namespace of its own, in which pods have no rights. It goes with everything that is in it."""
    kubeconfig = tmp_path_factory.mktemp("kube") / "config"
    view = ("kubectl", "config", "view", "--minify", "--flatten", "--context", os.environ["E2E_CONTEXT"])
    kubeconfig.write_text(subprocess.run(view, check=True, capture_output=True, text=True).stdout)
    kubeconfig.chmod(0o600)
    cluster = Cluster(kubeconfig, f"e2e-{token_hex(4)}")
    cluster.run("kubectl", "create", "namespace", cluster.namespace)
    try:
        labels = (f"{POLICY}/enforce=restricted", f"{POLICY}/warn=restricted")
        cluster.run("kubectl", "label", "namespace", cluster.namespace, *labels)
        yield cluster
    finally:
        cluster.run("kubectl", "delete", "namespace", cluster.namespace, "--wait")


@pytest.fixture(scope="session")
def seconds_to_ready(cluster: Cluster) -> Iterator[float]:
    """The release, installed and at the end uninstalled; how long it took until all was ready."""
    values = ("--set-string", f"global.imageTag={os.environ['E2E_TAG']}", "--set", "mcp.enabled=true")
    began = time.monotonic()
    timeout = ("--wait", "--timeout", f"{MINUTES_TO_READY + 4}m")
    cluster.helm("install", RELEASE, str(Path(os.environ["E2E_CHART"])), *values, *timeout, seconds=600)
    took = time.monotonic() - began
    yield took
    cluster.helm("uninstall", RELEASE, "--wait", "--timeout", "3m")
    kinds = "deployments,statefulsets,cronjobs,services,networkpolicies,configmaps,serviceaccounts,secrets,pvc"
    selector = f"app.kubernetes.io/instance={RELEASE}"
    left = cluster.kubectl("get", kinds, "--selector", selector, "--output", "jsonpath={.items[*].kind}").split()
    assert set(left) == LEFT, left


@pytest.fixture
def release(cluster: Cluster, seconds_to_ready: float) -> Cluster:
    """The namespace, with all of it running."""
    return cluster
