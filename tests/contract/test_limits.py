"""Contract §7.1 and the limits of §3: exactly so many requests a minute, by the contract's own numbers."""

import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import NamedTuple

import httpx
import pytest

from tests.conftest import StartApi
from tests.contract.conftest import SQUAT
from tests.contract.promises import promise
from tests.people import Person, log_in, new_person, somewhere
from tests.processes import CONTRACT_LIMITS

MISSING = "/exercises/2147483647"
LOGIN = {"username": "user", "password": "user123"}
TOKEN = {"refresh_token": "none"}
CHANGE = {"current_password": "wrong one", "new_password": "another one"}


class Request(NamedTuple):
    """One request; all of a cell's are counted together."""

    method: str
    path: str
    body: object = None


ROOT = (Request("GET", "/"),)
LOGINS = (Request("POST", "/auth/login", LOGIN),)
SESSIONS = (Request("POST", "/auth/refresh", TOKEN), Request("POST", "/auth/logout", TOKEN))
ACCOUNT = (Request("POST", "/auth/password", CHANGE), Request("POST", "/auth/introspect", {"token": "x"}))
READS = (Request("GET", "/exercises"), Request("GET", MISSING), Request("GET", "/exercises/export"))
POST, PATCH, DELETE = Request("POST", "/exercises", SQUAT), Request("PATCH", MISSING, {}), Request("DELETE", MISSING)
ADMIN = (Request("GET", "/admin/users"), Request("DELETE", f"/admin{MISSING}"))


class Cell(NamedTuple):
    """So many a minute for that role."""

    limit: int
    role: str | None
    requests: tuple[Request, ...]


TABLE = {
    "7.1-public-anonymous": Cell(100, None, ROOT),
    "7.1-public-user": Cell(100, "user", ROOT),
    "7.1-public-admin": Cell(100, "admin", ROOT),
    "7.1-auth-anonymous": Cell(10, None, LOGINS),
    "7.1-auth-user": Cell(10, "user", ACCOUNT),
    "7.1-auth-admin": Cell(10, "admin", ACCOUNT),
    "7.1-read-anonymous": Cell(60, None, READS),
    "7.1-read-user": Cell(120, "user", READS),
    "7.1-read-admin": Cell(300, "admin", READS),
    "7.1-write-anonymous": Cell(30, None, (POST, PATCH, DELETE)),
    "7.1-write-user": Cell(60, "user", (POST, PATCH, DELETE)),
    "7.1-write-admin": Cell(150, "admin", (POST, PATCH, DELETE)),
    "7.1-admin-admin": Cell(100, "admin", ADMIN),
    "3.3-limit": Cell(100, None, ROOT),
    "3.4-list-limit": Cell(120, "user", READS[:1]),
    "3.4-get-limit": Cell(120, "user", READS[1:2]),
    "3.4-create-limit": Cell(60, "user", (POST,)),
    "3.4-update-limit": Cell(60, "user", (PATCH,)),
    "3.4-delete-limit": Cell(60, "user", (DELETE,)),
    "3.4-limited": Cell(120, "readonly", READS),
    "3.5-login-limit": Cell(10, None, LOGINS),
    "3.5-me-limit": Cell(10, "user", (Request("GET", "/auth/me"),)),
    "3.6-users-limit": Cell(100, "admin", ADMIN[:1]),
    "3.6-delete-limit": Cell(100, "admin", ADMIN[1:]),
}


def within_a_minute(attempt: Callable[[], list[httpx.Response]]) -> list[httpx.Response]:
    """Limits count by the clock's minutes: an attempt that saw a new one begin is made again, by somebody else."""
    for _ in range(3):
        minute = time.time() // 60
        answers = attempt()
        if time.time() // 60 == minute:
            return answers
    raise AssertionError("the requests took longer than a minute")


def allowed(client: httpx.Client, cell: Cell, admin: Person) -> int:
    """How many of a caller's requests pass; the caller is new, and asks twice more than the table allows."""

    def attempt() -> list[httpx.Response]:
        person = new_person(client, admin, cell.role) if cell.role else None
        headers = somewhere() | (person.headers if person else {})
        return [
            client.request(request.method, request.path, json=request.body, headers=headers)
            for request in islice(cycle(cell.requests), cell.limit + 2)
        ]

    statuses = [answer.status_code for answer in within_a_minute(attempt)]
    passed = statuses.index(429) if 429 in statuses else len(statuses)
    assert set(statuses[passed:]) <= {429}, "once it is used up a limit stays so"
    assert max(statuses) < 500
    return passed


@pytest.fixture(scope="module")
def limited(start_module_api: StartApi) -> Iterator[httpx.Client]:
    """An API with the contract's own limits, alone, so that it counts exactly."""
    with start_module_api(CONTRACT_LIMITS).client() as client:
        yield client


@promise(*TABLE)
@pytest.mark.parametrize("cell", TABLE.values(), ids=TABLE)
def test_exactly_as_many_requests_pass_as_the_contract_says(limited: httpx.Client, cell: Cell) -> None:
    assert allowed(limited, cell, log_in(limited, "admin")) == cell.limit


@promise("3.7-status", "3.7-headers")
def test_a_refusal_is_a_429_that_says_when_to_come_back(limited: httpx.Client) -> None:
    caller = somewhere()
    answers = within_a_minute(lambda: [limited.get("/exercises", headers=caller) for _ in range(61)])
    refusal = answers[-1]
    assert refusal.status_code == 429
    assert refusal.headers["content-type"] == "application/problem+json"
    assert refusal.json()["status"] == 429
    assert "Rate limit exceeded" in refusal.json()["detail"]
    assert 1 <= int(refusal.headers["retry-after"]) <= 60
    for answer, left in zip(answers, (*range(59, -1, -1), 0), strict=True):
        assert answer.headers["ratelimit-policy"] == '"read";q=60;w=60'
        assert answer.headers["ratelimit"].startswith(f'"read";r={left};t=')
        assert not [name for name in answer.headers if name.lower().startswith("x-ratelimit")]


@promise("3.4-limited")
def test_what_was_refused_has_not_happened(limited: httpx.Client) -> None:
    def count() -> int:
        total: int = limited.get("/health").json()["database"]["exercise_count"]
        return total

    before = []

    def attempt() -> list[httpx.Response]:
        caller = somewhere()
        before.append(count())
        return [limited.post("/exercises", json=SQUAT, headers=caller) for _ in range(35)]

    assert [answer.status_code for answer in within_a_minute(attempt)] == [201] * 30 + [429] * 5
    assert count() - before[-1] == 30


@promise("3.2-unlimited", "7.1-health")
@pytest.mark.parametrize("role", [None, "user"])
def test_health_has_no_limit(limited: httpx.Client, role: str | None) -> None:
    headers = somewhere() | (new_person(limited, log_in(limited, "admin"), role).headers if role else {})
    answers = within_a_minute(lambda: [limited.get("/health", headers=headers) for _ in range(320)])
    assert {answer.status_code for answer in answers} == {200}
    assert not [answer for answer in answers if "ratelimit" in answer.headers]
