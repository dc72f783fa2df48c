"""Names, ways in, scheduled work, notes, and what cannot work together."""

import re
from typing import Any

import pytest

from tests.chart.conftest import EVERYTHING, OUTSIDE
from tests.chart.rendering import SERVICES, Helm, Manifest, named, pods

TASKS = {
    "refresh-exercises": ("0 * * * *", "refresh_exercises"),
    "warmup-ai-cache": ("0 6 * * *", "warmup_ai_cache"),
    "cleanup-stale-data": ("0 2 * * 0", "cleanup_stale_data"),
}


WITHOUT_REDIS = {"redisServer": {"host": "redis", "password": False}}
DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")


@pytest.mark.parametrize(
    ("release", "values"),
    [("x" * 39, EVERYTHING), ("x" * 53, OUTSIDE), ("my-redis-1", EVERYTHING)],
    ids=["long", "longest", "redis"],
)
def test_objects_have_names_that_a_cluster_takes(helm: Helm, release: str, values: dict[str, Any]) -> None:
    objects = helm.objects(values, release=release)
    names = [(each["kind"], each["metadata"]["name"]) for each in objects]
    assert len(names) == len(set(names)) == len(helm.objects(values))
    for kind, name in names:
        assert isinstance(name, str)
        assert len(name) <= {"CronJob": 52, "StatefulSet": 52, "Secret": 253}.get(kind, 63)
        assert kind != "Service" or DNS_LABEL.fullmatch(name)
    for _, pod in pods(objects):
        assert all(isinstance(text, str) for text in pod["metadata"]["labels"].values())


@pytest.mark.parametrize(
    ("release", "values", "words"),
    [
        ("123", {}, "begins with a letter"),
        ("a-1.b", {}, "letters, digits and - alone"),
        ("x" * 40, {}, "too long for redis.enabled=true: leave out 1 characters"),
        ("x" * 42, {"redis": OUTSIDE["redis"], "global": WITHOUT_REDIS}, "too long for postgresql.enabled=true"),
    ],
)
def test_a_name_that_a_cluster_would_refuse_later_is_refused_now(
    helm: Helm, release: str, values: dict[str, Any], words: str
) -> None:
    assert words in helm.refusal(values, release=release)


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_off_leaves_nothing(helm: Helm, service: str) -> None:
    off = {"enabled": False}
    values = {service: off} if service != "frontend" else {service: off, "ingress": off, "httpRoute": off}
    objects = helm.objects({**EVERYTHING, **values})
    assert [each["metadata"]["name"] for each in objects if each["metadata"]["name"].endswith(f"-{service}")] == []


@pytest.mark.parametrize(("task", "when", "argument"), [(task, *rest) for task, rest in TASKS.items()])
def test_a_task_runs_by_the_clock_once_at_a_time(
    everything: list[Manifest], task: str, when: str, argument: str
) -> None:
    (cron,) = named(everything, "CronJob", f"gym-{task}")
    spec, job = cron["spec"], cron["spec"]["jobTemplate"]["spec"]
    assert (spec["schedule"], spec["timeZone"], spec["concurrencyPolicy"]) == (when, "Etc/UTC", "Forbid")
    assert spec["startingDeadlineSeconds"] >= 10
    assert job["template"]["spec"]["containers"][0]["args"] == ["run", argument]
    assert job["template"]["spec"]["restartPolicy"] == "Never"
    (rule,) = job["podFailurePolicy"]["rules"]
    assert (rule["action"], rule["onExitCodes"]["values"]) == ("FailJob", [75])


def test_a_task_may_differ_from_the_others(helm: Helm) -> None:
    own = {"schedule": "*/5 * * * *", "suspend": True, "timeZone": "Europe/Berlin", "activeDeadlineSeconds": 60}
    objects = helm.objects({"worker": {"tasks": {"refresh-exercises": own}}})
    (changed,) = named(objects, "CronJob", "gym-refresh-exercises")
    assert {key: changed["spec"][key] for key in ("schedule", "suspend", "timeZone")} == {
        key: own[key] for key in ("schedule", "suspend", "timeZone")
    }
    assert changed["spec"]["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 60
    (other,) = named(objects, "CronJob", "gym-cleanup-stale-data")
    assert other["spec"]["suspend"] is False


def test_one_host_leads_to_the_app_and_to_assistants(everything: list[Manifest]) -> None:
    (ingress,) = named(everything, "Ingress")
    (rule,) = ingress["spec"]["rules"]
    services = {p["path"]: p["backend"]["service"]["name"] for p in rule["http"]["paths"]}
    assert services == {"/": "gym-frontend", "/mcp": "gym-mcp"}
    (route,) = named(everything, "HTTPRoute")
    for each in route["spec"]["rules"]:
        (match,), (backend,) = each["matches"], each["backendRefs"]
        assert services[match["path"]["value"]] == backend["name"]
        (service,) = named(everything, "Service", backend["name"])
        assert backend["port"] == service["spec"]["ports"][0]["port"]


def test_the_mcp_server_knows_the_names_that_it_is_reached_by(helm: Helm) -> None:
    values = {"mcp": {"enabled": True, "hosts": ["gym.lan"]}, "global": {"host": "gym.example.org"}}
    (config,) = named(helm.objects(values), "ConfigMap", "gym-mcp")
    assert config["data"]["MCP_ALLOWED_HOSTS"] == "gym-mcp,gym.example.org,gym.lan"


def test_a_backup_and_its_way_back(everything: list[Manifest]) -> None:
    (backup,), (restore,) = (named(everything, "CronJob", f"gym-{name}") for name in ("backup", "restore"))
    assert (backup["spec"]["suspend"], restore["spec"]["suspend"]) == (False, True)
    commands = [
        each["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["command"]
        for each in (backup, restore)
    ]
    (config,) = named(everything, "ConfigMap", "gym-backup")
    for _, path in commands:
        assert path.removeprefix("/scripts/") in config["data"]


@pytest.mark.parametrize("values", [{}, EVERYTHING, OUTSIDE], ids=["default", "everything", "outside"])
def test_the_notes_name_what_is_there(helm: Helm, values: dict[str, Any]) -> None:
    done = helm.run("install", "gym", str(helm.chart), "-n", "workout", "--dry-run=client", values=values)
    assert done.returncode == 0, done.stderr
    notes, objects = done.stdout.split("NOTES:\n")[1], helm.objects(values)
    kinds = {"service": "Service", "cronjob": "CronJob", "secret": "Secret"}
    mentioned = re.findall(r"\b(service|cronjob)/([\w-]+)|get (secret) ([\w-]+)", notes)
    assert mentioned
    for kind, name, secret, of_name in mentioned:
        if of_name != "my-keys":
            assert named(objects, kinds[kind or secret], name or of_name), (kind, name, of_name)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"global": {"database": {"host": "db"}}}, "Two of them: postgresql.enabled is true"),
        ({"global": {"redisServer": {"host": "redis"}}}, "Two of them: redis.enabled is true"),
        ({"postgresql": {"enabled": False}}, "say in global.database.host where yours is"),
        ({"redis": {"enabled": False}}, "say in global.redisServer.host where yours is"),
        ({**OUTSIDE, "global": {**OUTSIDE["global"], "secrets": {"redis": "r"}}}, "in global.secrets.database"),
        ({**OUTSIDE, "global": {**OUTSIDE["global"], "secrets": {"database": "d"}}}, "in global.secrets.redis"),
        ({"global": {"redisServer": {"password": False}}}, "leave global.redisServer.password true"),
        ({"ingress": {"enabled": True}, "frontend": {"enabled": False}}, "set frontend.enabled=true"),
        ({"httpRoute": {"enabled": True}}, "httpRoute.parentRefs"),
        ({"backup": {"enabled": True}}, "backup.existingClaim"),
        ({"api": {"shutdown": {"preStopSeconds": 30}}}, "api.shutdown: graceSeconds must be at least"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_work_is_said_in_words(helm: Helm, values: dict[str, Any], words: str) -> None:
    assert words in helm.refusal(values)


def test_a_redis_without_a_password_is_asked_for_none(helm: Helm) -> None:
    server = {"host": "redis", "password": False}
    objects = helm.objects({"redis": {"enabled": False}, "global": {"redisServer": server}})
    for config in named(objects, "ConfigMap"):
        assert "REDIS_PASSWORD_FILE" not in config["data"]


def test_lint_has_nothing_to_say(helm: Helm) -> None:
    for values in ({}, EVERYTHING, OUTSIDE):
        done = helm.run("lint", "--strict", str(helm.chart), values=values)
        assert done.returncode == 0, done.stdout
