"""Under load there are more pods of the API, and afterwards fewer again. Needs the cluster's metrics-server."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.e2e.cluster import RELEASE, Cluster

SETTINGS = (
    *("--reuse-values", "--set", "api.autoscaling.enabled=true", "--set", "api.autoscaling.maxReplicas=4"),
    *("--set", "api.autoscaling.targetCPU=30", "--set", "api.autoscaling.scaleDownSeconds=15"),
    *("--set-string", "api.settings.RATELIMIT_READ_ADMIN=1000000/minute", "--wait", "--timeout", "4m"),
)
LEAST = 2


@pytest.fixture
def scaled(release: Cluster) -> Iterator[Cluster]:
    """The release with an autoscaler that is in a hurry."""
    release.helm("upgrade", RELEASE, os.environ["E2E_CHART"], *SETTINGS, seconds=400)
    yield release
    release.helm("rollback", RELEASE, "--wait", "--timeout", "4m", seconds=400)


def test_load_makes_more_pods_and_quiet_fewer(scaled: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    # Until the autoscaler has looked once, there may be the one pod of Kubernetes' default.
    seconds_until(lambda: ready(scaled) == LEAST, 120)
    with scaled.service("api", 8000) as url, asking(url, scaled.admin_password()):
        up = seconds_until(lambda: ready(scaled) > LEAST, 180)
    down = seconds_until(lambda: ready(scaled) == LEAST, 300)
    with capsys.disabled():
        print(f"\nmore than {LEAST} pods of the API after {up:.0f} s of load, {LEAST} again {down:.0f} s after its end")


def ready(cluster: Cluster) -> int:
    """How many pods of the API are ready."""
    deployment = json.loads(cluster.kubectl("get", f"deployment/{RELEASE}-api", "--output", "json"))
    count: int = deployment["status"].get("readyReplicas", 0)
    return count


@contextmanager
def asking(url: str, password: str) -> Iterator[None]:
    """As much as eight clients can ask, while the body runs."""
    over = threading.Event()

    def client() -> None:
        with httpx.Client(base_url=url, timeout=30) as http:
            login = http.post("/auth/login", json={"username": "admin", "password": password}).raise_for_status()
            headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
            while not over.is_set():
                http.get("/exercises", headers=headers)

    clients = [threading.Thread(target=client, daemon=True) for _ in range(8)]
    for one in clients:
        one.start()
    try:
        yield
    finally:
        over.set()
        for one in clients:
            one.join(60)


def seconds_until(reached: Callable[[], bool], most: float) -> float:
    """How long it took. Fails after `most` seconds."""
    began = time.monotonic()
    while not reached():
        assert time.monotonic() - began < most, f"not within {most} s"
        time.sleep(1)
    return time.monotonic() - began
