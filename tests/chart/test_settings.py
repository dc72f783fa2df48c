"""The services understand what the chart starts them with: their own settings read it, as in a pod."""

from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings

from ai_coach.settings import CoachSettings
from api.settings import ApiSettings
from runtime.settings import variables
from tests.chart.conftest import EVERYTHING
from tests.chart.rendering import Helm, Manifest, containers, named
from tracker_mcp.settings import McpSettings
from worker.settings import WorkerSettings

SETTINGS: dict[str, type[BaseSettings]] = {
    "api": ApiSettings,
    "ai-coach": CoachSettings,
    "worker": WorkerSettings,
    "mcp": McpSettings,
}
LIBPQ = {"PGSSLMODE"}  # read by the driver


def environment(objects: list[Manifest], service: str, init: bool = False) -> dict[str, str]:
    """The variables of a service's container."""
    (deployment,) = named(objects, "Deployment", f"gym-{service}")
    container = containers(deployment["spec"]["template"])[0 if init else -1]
    (config,) = named(objects, "ConfigMap", container["envFrom"][0]["configMapRef"]["name"])
    data: dict[str, str] = config["data"]
    return data | {entry["name"]: entry["value"] for entry in container.get("env", [])}


def read(service: str, given: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The settings that a process reads from these variables, with a secret in each file."""
    for name, value in given.items():
        if name.endswith("_FILE"):
            (folder / name).write_text("" if "PREVIOUS" in name else "s" * 40)
            monkeypatch.setenv(name, str(folder / name))
        else:
            monkeypatch.setenv(name, value)
    return SETTINGS[service]()


@pytest.mark.parametrize("service", SETTINGS)
def test_every_variable_is_one_that_the_service_knows(everything: list[Manifest], service: str) -> None:
    known = variables(SETTINGS[service])
    given = {name.removesuffix("_FILE") for name in environment(everything, service)}
    given |= {name.removesuffix("_FILE") for name in environment(everything, service, init=True)}
    assert given - LIBPQ <= known


@pytest.mark.parametrize("service", SETTINGS)
def test_the_service_can_start_with_them(
    everything: list[Manifest], service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read(service, environment(everything, service), tmp_path, monkeypatch)
    assert settings.log_format == "json"
    assert settings.otlp_endpoint == "http://collector.monitoring:4318"
    assert settings.redis_url.get_secret_value() == f"redis://:{'s' * 40}@gym-redis-master:6379"


def test_the_api_is_a_production_one_and_private(
    everything: list[Manifest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read("api", environment(everything, "api"), tmp_path, monkeypatch)
    assert (settings.environment, settings.access) == ("production", "private")
    password = "s" * 40
    url = f"postgresql://workout:{password}@gym-postgresql:5432/workout_tracker"
    assert settings.database_url.get_secret_value() == url
    assert settings.trusted_proxies == ("10.244.0.0/16", "10.42.0.0/16")
    assert settings.max_body_bytes == 1048576
    assert not settings.rate_limits.enabled
    assert settings.admin_password is None  # only the migration is told


def test_the_migration_makes_the_accounts(
    everything: list[Manifest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read("api", environment(everything, "api", init=True), tmp_path, monkeypatch)
    assert settings.admin_password is not None
    (deployment,) = named(everything, "Deployment", "gym-api")
    (migrate,) = deployment["spec"]["template"]["spec"]["initContainers"]
    assert migrate["args"] == ["migrate"]
    mounts = {mount["mountPath"] for mount in migrate["volumeMounts"]}
    assert str(settings.service_accounts_dir) in mounts


@pytest.mark.parametrize("service", ["api", "ai-coach", "worker", "mcp"])
def test_a_setting_of_yours_wins_and_has_pods_renewed(helm: Helm, service: str) -> None:
    def checksum(values: dict[str, Any]) -> str:
        (deployment,) = named(helm.objects(values), "Deployment", f"gym-{service}")
        annotations: dict[str, str] = deployment["spec"]["template"]["metadata"]["annotations"]
        return annotations["checksum/settings"]

    values = {**EVERYTHING, service: {**EVERYTHING.get(service, {}), "settings": {"LOG_LEVEL": "DEBUG"}}}
    assert environment(helm.objects(values), service)["LOG_LEVEL"] == "DEBUG"
    assert checksum(values) != checksum(EVERYTHING) == checksum(EVERYTHING)


def test_the_coach_wants_a_login_where_the_api_does(helm: Helm) -> None:
    assert environment(helm.objects({}), "ai-coach")["AI_COACH_AUTH"] == "token"
    assert environment(helm.objects({"global": {"access": "open"}}), "ai-coach")["AI_COACH_AUTH"] == "open"


def test_the_worker_leaves_the_clock_to_cronjobs(
    everything: list[Manifest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read("worker", environment(everything, "worker"), tmp_path, monkeypatch).schedule.mode == "none"


@pytest.mark.parametrize(("service", "needed"), [("ai-coach", 30), ("mcp", 35), ("worker", 20)])
def test_what_runs_may_end_before_the_pod_is_killed(
    everything: list[Manifest], service: str, needed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read(service, environment(everything, service), tmp_path, monkeypatch)
    drain = settings.worker.shutdown if service == "worker" else settings.shutdown
    (deployment,) = named(everything, "Deployment", f"gym-{service}")
    spec = deployment["spec"]["template"]["spec"]
    sleep = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert needed <= drain <= spec["terminationGracePeriodSeconds"] - sleep - 5
