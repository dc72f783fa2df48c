"""From nothing to a system that people use, on a real cluster."""

import json
import os
import re
import shlex
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import pytest

from tests.browser.house import tell
from tests.e2e.cluster import RELEASE, ROOT, Cluster, status
from tests.e2e.conftest import MINUTES_TO_READY

TASKS = ("refresh-exercises", "warmup-ai-cache", "cleanup-stale-data")
WITHOUT_TOKEN = {"/mcp": 401}


def test_everything_is_ready_soon(
    release: Cluster, seconds_to_ready: float, capsys: pytest.CaptureFixture[str]
) -> None:
    pods = json.loads(
        release.kubectl("get", "pods", "--selector", f"app.kubernetes.io/instance={RELEASE}", "-o", "json")
    )
    services = {
        pod["metadata"]["labels"]["app.kubernetes.io/name"]
        for pod in pods["items"]
        if {"type": "Ready", "status": "True"}.items() <= _condition(pod, "Ready").items()
    }
    with capsys.disabled():
        print(f"\nready {seconds_to_ready:.1f} s after helm install")
    assert {"api", "ai-coach", "worker", "frontend", "mcp", "postgresql", "redis"} <= services
    assert seconds_to_ready < MINUTES_TO_READY * 60


def test_each_promise_is_kept(release: Cluster) -> None:
    said = release.helm("test", RELEASE, "--timeout", "4m")
    assert len(re.findall(r"^Phase: +Succeeded", said, re.MULTILINE)) >= 6
    assert "Failed" not in said


def test_every_command_of_the_notes_works(release: Cluster) -> None:
    notes = release.helm("get", "notes", RELEASE)
    commands = re.findall(r"^  ((?:kubectl|helm) .*)$", notes, re.MULTILINE)
    assert len(commands) >= 10
    for command in commands:
        if " port-forward " not in command:
            assert release.run(*shlex.split(command, comments=True)), command
            continue
        path = urlsplit(command.split("# ")[1]).path
        with release.forwarded(command) as url:
            assert status(url + path) == WITHOUT_TOKEN.get(path, 200), command


def test_the_demo_passes_through_forwarded_ports(release: Cluster) -> None:
    with release.service("api", 8000) as api, release.service("ai-coach", 8001) as coach:
        variables = {"API_URL": api, "AI_COACH_URL": coach, "WORKOUT_PASSWORD": release.admin_password()}
        said = release.run(str(ROOT / "scripts" / "demo.sh"), variables=variables)
    assert "Ask the coach" in said


def test_a_person_uses_it_in_a_browser(release: Cluster, tmp_path: Path) -> None:
    with release.service("frontend", 80) as page:
        tell("installed.story.ts", PAGE_URL=page, ADMIN_PASSWORD=release.admin_password(), STORY_OUTPUT=str(tmp_path))


@pytest.mark.parametrize("task", TASKS)
def test_a_cronjob_runs_by_hand_and_says_what_it_did(
    release: Cluster, task: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log = release.ran(task)
    with capsys.disabled():
        print(f"\n{task}:\n{log}")
    *_, end, result = (json.loads(line) for line in log.splitlines())
    assert end["message"] == f"{task.replace('-', '_')} is done"
    assert result.items() <= end.items()


def test_a_key_that_was_changed_stays_changed_over_an_upgrade_and_a_rollback(release: Cluster) -> None:
    key = token_hex(32)
    patch = json.dumps({"stringData": {"jwt-previous-secret-keys": key}})
    release.kubectl("patch", "secret", f"{RELEASE}-keys", "--type=merge", f"--patch={patch}")
    change = ("--reuse-values", "--set-string", f"worker.podAnnotations.changed={key}", "--wait")
    release.helm("upgrade", RELEASE, os.environ["E2E_CHART"], *change)
    release.helm("rollback", RELEASE, "--wait")
    template = '{{index .data "jwt-previous-secret-keys" | base64decode}}'
    assert release.kubectl("get", "secret", f"{RELEASE}-keys", f"--output=go-template={template}") == key


def _condition(pod: dict[str, dict[str, list[dict[str, str]]]], kind: str) -> dict[str, str]:
    return next((each for each in pod["status"].get("conditions", []) if each["type"] == kind), {})
