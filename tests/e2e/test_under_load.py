"""While people use it: new versions, pods that go, a database that is away."""

import json
import os
import time
from collections.abc import Callable
from typing import NamedTuple

import httpx
import pytest

from tests.e2e.cluster import RELEASE, Cluster
from tests.e2e.traffic import Traffic, traffic

# A port of the node outlives every pod; one that is forwarded is one pod's.
SETTINGS = (
    *("--reuse-values", "--set", "api.service.type=NodePort", "--set", "api.allowFrom[0].ipBlock.cidr=0.0.0.0/0"),
    *("--set-string", "api.settings.RATELIMIT_READ_ADMIN=1000000/minute"),
    *("--set-string", "api.settings.RATELIMIT_WRITE_ADMIN=1000000/minute", "--wait", "--timeout", "4m"),
)
SECRETS = ("keys", "database", "redis", "service-accounts")
AWAY = httpx.codes.SERVICE_UNAVAILABLE
Say = Callable[[str, Traffic], None]


class Door(NamedTuple):
    """The API, by a port that outlives its pods, and a token for it."""

    url: str
    token: str


@pytest.fixture(scope="module")
def door(cluster: Cluster, seconds_to_ready: float) -> Door:
    """Of the release, after an upgrade that gives the API that port."""
    cluster.helm("upgrade", RELEASE, os.environ["E2E_CHART"], *SETTINGS, seconds=400)
    node = cluster.kubectl(
        "get", "nodes", "-o", 'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}'
    )
    port = cluster.kubectl("get", f"service/{RELEASE}-api", "-o", "jsonpath={.spec.ports[0].nodePort}")
    url = f"http://{node}:{port}"
    account = {"username": "admin", "password": cluster.admin_password()}
    return Door(
        url, httpx.post(f"{url}/auth/login", json=account, timeout=30).raise_for_status().json()["access_token"]
    )


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Prints what was answered meanwhile."""

    def print_line(title: str, seen: Traffic) -> None:
        with capsys.disabled():
            print(f"\n{title}: {seen}")

    return print_line


def test_an_upgrade_and_the_way_back_fail_nobody(release: Cluster, door: Door, say: Say) -> None:
    before = secrets(release)
    with traffic(*door) as seen:
        change = ("--reuse-values", "--set", "api.settings.API_POOL_SIZE=12", "--wait", "--timeout", "4m")
        release.helm("upgrade", RELEASE, os.environ["E2E_CHART"], *change, seconds=400)
        release.helm("rollback", RELEASE, "--wait", "--timeout", "4m", seconds=400)
    say("upgrade and rollback", seen)
    assert seen.failures() == {}
    assert seen.lost() == set()
    assert secrets(release) == before


@pytest.mark.parametrize("service", ["api", "ai-coach", "worker", "frontend", "mcp", "redis"])
def test_a_pod_that_goes_fails_nobody(release: Cluster, door: Door, say: Say, service: str) -> None:
    with traffic(*door) as seen:
        replace_a_pod(release, service)
    say(f"a pod of {service} deleted", seen)
    assert seen.failures() == {}
    assert seen.lost() == set()


def test_a_database_that_goes_is_said_and_loses_nothing(release: Cluster, door: Door, say: Say) -> None:
    with traffic(*door) as seen:
        replace_a_pod(release, "postgresql")
        release.kubectl("wait", "--for=condition=Available", "--timeout=120s", f"deployment/{RELEASE}-api")
    say("the pod of postgresql deleted", seen)
    assert set(seen.failures()) == {AWAY}
    assert seen.lost() == set()


@pytest.mark.parametrize("database", ["redis", "postgresql"])
def test_a_database_that_is_back_is_used_at_once(release: Cluster, database: str) -> None:
    began = time.monotonic()
    replace_a_pod(release, database)
    assert time.monotonic() - began < 20  # what Bitnami's probe of Redis waits before it asks


def replace_a_pod(cluster: Cluster, service: str) -> None:
    """Delete one and wait until there are as many that are ready as before."""
    selector = f"app.kubernetes.io/instance={RELEASE},app.kubernetes.io/name={service}"
    pods = json.loads(cluster.kubectl("get", "pods", "--selector", selector, "--output", "json"))["items"]
    pod = next(each["metadata"] for each in pods if "deletionTimestamp" not in each["metadata"])
    cluster.kubectl("delete", "pod", pod["name"], "--wait")
    owner = pod["ownerReferences"][0]
    whole = f"statefulset/{owner['name']}" if owner["kind"] == "StatefulSet" else f"deployment/{RELEASE}-{service}"
    cluster.kubectl("rollout", "status", whole, "--timeout=120s")


def secrets(cluster: Cluster) -> str:
    """All that was made at the installation."""
    names = [f"secret/{RELEASE}-{name}" for name in SECRETS]
    return cluster.kubectl("get", *names, "--output", "jsonpath={.items[*].data}")
