"""What every image promises, read from the Dockerfiles; nothing is built here."""

import re
import sys
from importlib.metadata import packages_distributions

import pytest

from devstack.services import SERVICES as STARTED
from tests.images.dockerfiles import (
    DOCKERFILES,
    ROOT,
    SERVICES,
    Dockerfile,
    exec_form,
    imported,
    name_of,
    needed,
    project,
)

BASES = {"python:3.13-slim-trixie", "node:22-trixie-slim", "nginxinc/nginx-unprivileged:1.29-trixie"}
LABELS = ("title", "source", "version", "revision", "licenses")
MAX_LINES = 40

every_image = pytest.mark.parametrize("dockerfile", DOCKERFILES.values(), ids=DOCKERFILES)
every_service = pytest.mark.parametrize("dockerfile", [DOCKERFILES[name] for name in SERVICES], ids=SERVICES)


def test_every_service_has_an_image() -> None:
    assert set(DOCKERFILES) == {*SERVICES, "frontend"}


@every_image
def test_it_stands_on_a_pinned_public_base_and_is_short(dockerfile: Dockerfile) -> None:
    assert {stage[0].rest.split()[0] for stage in dockerfile.stages} <= BASES
    assert len(dockerfile.stages) == 2
    assert len(dockerfile.text.splitlines()) < MAX_LINES


@every_image
def test_it_runs_as_nobody_in_particular(dockerfile: Dockerfile) -> None:
    # Numbers, since a kubelet cannot tell whether a name is root.
    user, group = map(int, dockerfile.last("USER").split(":"))
    assert (user >= 10_000, group >= 10_000) == (True, True)


@every_image
def test_its_command_gets_signals_itself(dockerfile: Dockerfile) -> None:
    assert exec_form(dockerfile.last("ENTRYPOINT"))[0] not in {"sh", "bash", "/bin/sh", "/bin/bash"}
    assert exec_form(dockerfile.last("CMD") or "[]") is not None


@every_image
def test_probes_fetching_and_parsers_are_not_its_business(dockerfile: Dockerfile) -> None:
    assert {"HEALTHCHECK", "ADD", "VOLUME", "SHELL"} & {each.word for each in dockerfile.instructions} == set()
    assert not re.search(r"^#\s*syntax\s*=", dockerfile.text, re.IGNORECASE | re.MULTILINE)


@every_image
def test_it_says_what_it_is(dockerfile: Dockerfile) -> None:
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]*)"', dockerfile.last("LABEL")))
    assert tuple(labels) == LABELS
    assert labels["title"].startswith("Workout Tracker: ")
    assert (labels["source"], labels["version"], labels["revision"]) == ("$SOURCE", "$VERSION", "$REVISION")
    arguments = {each.rest.rstrip("=") for each in dockerfile.stages[-1] if each.word == "ARG"}
    assert arguments == {"SOURCE", "VERSION", "REVISION"}


@every_image
def test_it_holds_no_secret(dockerfile: Dockerfile) -> None:
    given = " ".join(each.rest for each in dockerfile.instructions if each.word in {"ENV", "ARG"})
    assert re.findall(r"\w*(?:KEY|PASSWORD|SECRET|TOKEN)\w*", given) == []


@every_image
def test_nothing_is_installed_in_what_is_shipped(dockerfile: Dockerfile) -> None:
    runs = " ".join(each.rest for each in dockerfile.stages[-1] if each.word == "RUN")
    assert re.findall(r"\b(?:install|sync|ci|apt|apt-get|curl|wget)\b", runs) == []
    assert "chmod a-s" in runs, "files that give other rights stay"


@every_service
def test_it_gets_the_members_that_the_service_imports_and_no_other(dockerfile: Dockerfile) -> None:
    members, _ = needed(dockerfile.service)
    locks = {"requirements/uv.txt", f"requirements/{dockerfile.service}.txt"}
    assert dockerfile.copied() == members | locks | {"services/process1.pth"}


@every_service
def test_its_packages_come_by_hash_from_the_services_own_lock(dockerfile: Dockerfile) -> None:
    installs = [
        command
        for each in dockerfile.instructions
        if each.word == "RUN"
        for command in each.rest.split("&&")
        if re.search(r"\b(pip install|pip sync)\b", command)
    ]
    lock = f"requirements/{dockerfile.service}.txt"
    expected = [("--require-hashes", "requirements/uv.txt"), ("--require-hashes", "--no-build", lock)]
    for install, words in zip(installs, [*expected, ("--no-deps", "--offline")], strict=True):
        assert set(words) <= set(install.split())


@every_service
def test_the_lock_has_what_the_members_ask_for_and_what_they_import(dockerfile: Dockerfile) -> None:
    members, others = needed(dockerfile.service)
    lock = (ROOT / f"requirements/{dockerfile.service}.txt").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    assert others - locked == set(), "run make lock"
    ours = {package.name for member in members for package in (ROOT / member / "src").iterdir()}
    foreign = {name for member in members for name in imported(member)} - ours - sys.stdlib_module_names
    providers = packages_distributions()
    assert {name for name in foreign if locked.isdisjoint(map(name_of, providers[name]))} == set()


@every_service
def test_it_starts_the_command_of_its_member_on_its_port(dockerfile: Dockerfile) -> None:
    commands = project(dockerfile.path.with_name("pyproject.toml"))["scripts"]
    command = (*exec_form(dockerfile.last("ENTRYPOINT")), *exec_form(dockerfile.last("CMD")))
    assert command[0] in commands
    (started,) = [each for each in STARTED if each.command[0] == command[0]]
    assert (started.command[:2], str(started.port)) == (command, dockerfile.last("EXPOSE"))
    assert f"{started.host_variable}=0.0.0.0" in dockerfile.last("ENV").split()


def test_the_services_differ_in_names_alone() -> None:
    shapes = set()
    for service in SERVICES:
        text = re.sub(
            r"^# The .*\n|^COPY (?:packages|services/[a-z_]+ ).*\n", "", DOCKERFILES[service].text, flags=re.M
        )
        text = re.sub(r"requirements/(?!uv)\w+\.txt", "LOCK", text)
        text = re.sub(r"\S+=0\.0\.0\.0|Tracker: [^\"]+", "NAME", text)
        shapes.add(re.sub(r"^(EXPOSE|ENTRYPOINT|CMD) .*", r"\1", text, flags=re.M))
    assert len(shapes) == 1


def test_the_web_apps_packages_come_by_hash_from_its_lock() -> None:
    first, *_ = [each.rest for each in DOCKERFILES["frontend"].stages[0] if each.word == "RUN"]
    assert "npm ci" in first
    assert "services/frontend/package-lock.json" in DOCKERFILES["frontend"].copied()


def test_nothing_reaches_a_build_unless_it_is_named() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule for rule in rules if rule.startswith("!")} == {"!requirements", "!packages", "!services"}
    assert {"**/.env*", "packages/*/tests", "services/*/tests"} <= set(rules)
