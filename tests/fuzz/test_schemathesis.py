"""The API does what its OpenAPI document says, whatever is sent: schemathesis with every check, against a real server.

`FUZZ_EXAMPLES=100 pytest tests/fuzz -s` sends a hundred generated requests, good and bad, to every operation, besides
those that follow from the document's examples and limits and those that follow from earlier answers.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import StartApi
from tests.people import PASSWORD, log_in, new_person
from tests.processes import Api, environment

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
ONE = "/exercises/{exercise_id}"
PUBLIC = {f"GET {path}" for path in ("/", "/health", "/livez", "/readyz", "/metrics")} | {"POST /auth/login"}
ANYBODY = PUBLIC | {"GET /exercises", "GET /exercises/export", f"GET {ONE}"}
WRITER = {"POST /exercises", f"PATCH {ONE}", f"DELETE {ONE}"}
ACCOUNT = {"GET /auth/me", "GET /auth/tokens"}
ADMIN = {"GET /admin/users", "POST /admin/users"}
HERE = Path(__file__).parent


def fuzz(api: Api, folder: Path, role: str | None = None, config: str = "") -> dict[str, Any]:
    """Run `st`, print what it says, and give its report."""
    (folder / "schemathesis.toml").write_text(config + EXPECTED)
    variables = {
        "SCHEMATHESIS_HOOKS": str(HERE / "sessions.py"),
        "FUZZ_ROLE": role or "",
        "FUZZ_DATABASE_URL": api.variables["DATABASE_URL"],
        "FUZZ_API_URL": api.url,
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
        [Path(sys.executable).with_name("st"), "run", f"{api.url}/openapi.json", "--continue-on-failure", *words],
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


def check(api: Api, report: dict[str, Any], expected: set[str]) -> None:
    """Was everything tested, did everything hold, and did each of the `expected` operations say yes at least once?"""
    paths = httpx.get(f"{api.url}/openapi.json").json()["paths"]
    operations = {f"{method.upper()} {path}" for path in paths for method in paths[path]}
    assert report["complete"]
    assert report["errors"] == []
    assert {phase: report["phases"][phase]["status"] for phase in PHASES} == dict.fromkeys(PHASES, "success")
    counts = {"total": len(operations), "selected": len(operations), "tested": len(operations)}
    assert report["operations"].items() >= counts.items()
    assert report["failures"] == []
    assert report["exit_code"] == 0
    rates = report["valid_rates"]
    assert expected - {name for name in rates if any(phase["accepted"] for phase in rates[name].values())} == set()


@pytest.mark.parametrize("role", [None, "user", "admin", "service"])
def test_in_open_mode_whatever_is_sent_gets_what_the_document_says(
    start_api: StartApi, tmp_path: Path, role: str | None
) -> None:
    api = start_api()
    expected = ANYBODY | (set() if role == "service" else WRITER)
    expected |= ACCOUNT if role else set()
    expected |= ADMIN if role == "admin" else set()
    expected |= {"POST /auth/tokens"} if role in ("user", "admin") else set()
    check(api, fuzz(api, tmp_path, role), expected)


def test_in_private_mode_nobody_gets_what_is_anothers(start_api: StartApi, tmp_path: Path) -> None:
    api = start_api(API_ACCESS="private")
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
    check(api, fuzz(api, tmp_path, None, config), ANYBODY | WRITER | ACCOUNT)
