"""Services do what their OpenAPI documents say, whatever is sent: schemathesis, every check, against real servers.

`FUZZ_EXAMPLES=100 pytest tests/fuzz -s` sends a hundred generated requests, good and bad, to every operation, besides
those that follow from the document's examples and limits and those that follow from earlier answers.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from devstack.datadir import make_service_accounts
from tests.conftest import StartApi, StartCoach
from tests.people import PASSWORD, log_in, new_person
from tests.processes import Api, Service, environment

EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "5")
SECONDS = 60 + 12 * int(EXAMPLES)
PHASES = ("examples", "coverage", "fuzzing", "stateful")
# A valid If-Match that does not hold is rightly refused: RFC 9110 §13.1.1.
EXPECTED = """
[[operations]]
include-name = ["PATCH /exercises/{exercise_id}", "DELETE /exercises/{exercise_id}"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "412"]

[[operations]]
include-name = ["POST /auth/exchange"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403"]
"""
# Where a job's id goes into the path that starts a task, as one answer after another suggests, there is no such task.
EXPECTED += """
[[operations]]
include-name = "POST /admin/jobs/{name}"
checks.positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "409", "422", "503"]
"""
# A history of turns that are all too long is refused by its size, before it is read.
TOO_LARGE = """
[checks]
negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "405", "406", "413", "415", "422", "428"]
"""
ONE = "/exercises/{exercise_id}"
PUBLIC = {f"GET {path}" for path in ("/", "/health", "/livez", "/readyz", "/metrics")} | {"POST /auth/login"}
ANYBODY = PUBLIC | {"GET /exercises", "GET /exercises/export", f"GET {ONE}"}
WRITER = {"POST /exercises", f"PATCH {ONE}", f"DELETE {ONE}"}
ACCOUNT = {"GET /auth/me", "GET /auth/tokens"}
ADMIN = {"GET /admin/users", "POST /admin/users", "GET /admin/jobs", "POST /admin/jobs/{name}"}
COACH = {"POST /chat", "POST /chat/stream", "POST /recommend", "GET /analyze", "GET /exercises", "GET /health"}
SQUAT = {"name": "Squat", "sets": 3, "reps": 5, "workout_day": "A"}
HERE = Path(__file__).parent


def fuzz(
    service: Service, folder: Path, role: str | None = None, config: str = "", api: Api | None = None
) -> dict[str, Any]:
    """Run `st`, print what it says, and give its report. Where it needs accounts, they are made in `api`."""
    (folder / "schemathesis.toml").write_text(config)
    variables = {
        "SCHEMATHESIS_HOOKS": str(HERE / "sessions.py"),
        "FUZZ_ROLE": role or "",
        **({"FUZZ_DATABASE_URL": api.variables["DATABASE_URL"], "FUZZ_API_URL": api.url} if api else {}),
    }
    report = folder / "report.json"
    options = {
        "--max-examples": EXAMPLES,
        "--checks": "all",
        "--mode": "all",
        "--phases": ",".join(PHASES),
        "--generation-database": "none",
        "--suppress-health-check": "too_slow,filter_too_much",
        "--request-timeout": "30",
        "--report-json-path": str(report),
        **({"--seed": seed} if (seed := os.environ.get("FUZZ_SEED")) else {}),
    }
    words = [word for option in options.items() for word in option]
    run = subprocess.run(
        [Path(sys.executable).with_name("st"), "run", f"{service.url}/openapi.json", "--continue-on-failure", *words],
        cwd=folder,
        env={**environment(), "NO_COLOR": "1", "COLUMNS": "120", **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    print(run.stdout)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def check(service: Service, report: dict[str, Any], expected: set[str], phases: Sequence[str] = PHASES) -> None:
    """Was everything tested, did everything hold, and did each of the `expected` operations say yes at least once?"""
    paths = httpx.get(f"{service.url}/openapi.json").json()["paths"]
    operations = {f"{method.upper()} {path}" for path in paths for method in paths[path]}
    assert report["complete"]
    assert report["errors"] == []
    assert {phase: report["phases"][phase]["status"] for phase in phases} == dict.fromkeys(phases, "success")
    counts = {"total": len(operations), "selected": len(operations), "tested": len(operations)}
    assert report["operations"].items() >= counts.items()
    assert report["failures"] == []
    assert report["exit_code"] == 0
    rates = report["valid_rates"]
    assert expected - {name for name in rates if any(phase["accepted"] for phase in rates[name].values())} == set()


@pytest.mark.parametrize("role", [None, "user", "admin", "service"])
def test_in_open_mode_whatever_is_sent_gets_what_the_document_says(
    start_api: StartApi, tmp_path: Path, valkey_url: str, role: str | None
) -> None:
    api = start_api(REDIS_URL=valkey_url)
    expected = ANYBODY | (set() if role == "service" else WRITER)
    expected |= ACCOUNT if role else set()
    expected |= ADMIN if role == "admin" else set()
    expected |= {"POST /auth/tokens"} if role in ("user", "admin") else set()
    check(api, fuzz(api, tmp_path, role, EXPECTED, api), expected)


def test_in_private_mode_nobody_gets_what_is_anothers(start_api: StartApi, tmp_path: Path, valkey_url: str) -> None:
    api = start_api(API_ACCESS="private", REDIS_URL=valkey_url)
    with api.client() as client:
        admin = log_in(client, "admin")
        people = [new_person(client, admin) for _ in range(2)]
    logins = [
        {
            "name": person.username,
            "loginEndpointAuth": {
                "endpoint": "/auth/login",
                "verb": "POST",
                "contentType": "application/json",
                "payloadUserPwd": {
                    "username": person.username,
                    "usernameField": "username",
                    "password": PASSWORD,
                    "passwordField": "password",
                },
                "token": {
                    "extractFrom": "body",
                    "extractSelector": "/access_token",
                    "sendIn": "header",
                    "sendName": "Authorization",
                    "sendTemplate": "Bearer {token}",
                },
            },
        }
        for person in people
    ]
    (tmp_path / "people.json").write_text(json.dumps({"auth": logins}))
    one, other = (person.username for person in people)
    config = f'[auth.wfc]\npath = "people.json"\nuser = "{one}"\npeers = ["{one}", "{other}"]\n'
    check(api, fuzz(api, tmp_path, None, config + EXPECTED), ANYBODY | WRITER | ACCOUNT)


@pytest.mark.parametrize("role", [None, "user"])
def test_the_coach_answers_whatever_is_asked_as_its_document_says(
    start_api: StartApi, start_coach: StartCoach, tmp_path: Path, role: str | None
) -> None:
    accounts = tmp_path / "data" / "accounts"
    make_service_accounts(accounts)
    api = start_api(API_SERVICE_ACCOUNTS_DIR=str(accounts))
    with api.client() as client:
        assert client.post("/exercises", json=SQUAT).status_code == 201
    account = {"AI_COACH_USERNAME": "ai-coach", "AI_COACH_PASSWORD_FILE": str(accounts / "ai-coach")}
    coach = start_coach(api, account, AI_COACH_AUTH="token" if role else "open")
    check(coach, fuzz(coach, tmp_path, role, TOO_LARGE, api), COACH, PHASES[:3])  # nothing of it has a state
