"""How often whom: the table of contract §7.1, its categories, and what a caller is told."""

from collections.abc import Awaitable, Callable

import bcrypt
import httpx
import pytest

from api.edge.limits import table
from api.settings import RateLimitSettings

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
PASSWORD = "correct horse"
SQUAT = {"name": "Squat", "sets": 3, "reps": 5}
HOUR = 1_800_000_000.0  # a moment at which a minute and an hour begin

ROLES = ("anonymous", "readonly", "user", "admin", "service")
CONTRACT = {
    "public": ("100 per 1 minute", "100 per 1 minute", "100 per 1 minute", "100 per 1 minute", "6000 per 1 minute"),
    "auth": ("10 per 1 minute", "10 per 1 minute", "10 per 1 minute", "10 per 1 minute", "6000 per 1 minute"),
    "session": ("60 per 1 minute", "60 per 1 minute", "60 per 1 minute", "60 per 1 minute", "6000 per 1 minute"),
    "read": ("60 per 1 minute", "120 per 1 minute", "120 per 1 minute", "300 per 1 minute", "6000 per 1 minute"),
    "write": ("30 per 1 minute", "60 per 1 minute", "60 per 1 minute", "150 per 1 minute", "6000 per 1 minute"),
    "admin": ("100 per 1 minute", "100 per 1 minute", "100 per 1 minute", "100 per 1 minute", "6000 per 1 minute"),
}
# A limit of its own for each setting, so that a request's limit says where it came from.
NUMBERS = {
    "public": 2,
    "auth": 3,
    "read_anonymous": 4,
    "read_user": 5,
    "read_admin": 6,
    "write_anonymous": 7,
    "write_user": 8,
    "write_admin": 9,
    "admin": 10,
    "service": 11,
    "session": 12,
}
OWN = {
    "public": (2, 2, 2, 2, 11),
    "auth": (3, 3, 3, 3, 11),
    "session": (12, 12, 12, 12, 11),
    "read": (4, 5, 5, 6, 11),
    "write": (7, 8, 8, 9, 11),
    "admin": (10, 10, 10, 10, 11),
}


def limits(**given: object) -> RateLimitSettings:
    """Settings in which only `given` is scarce."""
    return RateLimitSettings.model_validate(dict.fromkeys(NUMBERS, "1000/hour") | given)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that limits go by, in its only element: twenty seconds past the full hour."""
    now = [HOUR + 20]
    monkeypatch.setattr("runtime.limits.time", lambda: now[0])
    return now


def test_the_table_is_the_contracts() -> None:
    found = table(RateLimitSettings())
    assert {key: str(limit) for key, limit in found.items()} == {
        (policy, role): limit for policy, row in CONTRACT.items() for role, limit in zip(ROLES, row, strict=True)
    }


def test_every_setting_is_for_its_own_cells() -> None:
    found = table(limits(**{name: f"{number}/hour" for name, number in NUMBERS.items()}))
    assert {key: limit.amount for key, limit in found.items()} == {
        (policy, role): amount for policy, row in OWN.items() for role, amount in zip(ROLES, row, strict=True)
    }
    assert {limit.get_expiry() for limit in found.values()} == {3600}


ROUTES = [
    ("GET", "/", "public"),
    ("GET", "/auth/me", "auth"),
    ("POST", "/auth/password", "auth"),
    ("POST", "/auth/introspect", "auth"),
    ("GET", "/exercises", "read"),
    ("HEAD", "/exercises", "read"),
    ("GET", "/exercises/1", "read"),
    ("GET", "/exercises/export", "read"),
    ("POST", "/exercises", "write"),
    ("PATCH", "/exercises/1", "write"),
    ("DELETE", "/exercises/1", "write"),
    ("GET", "/admin/users", "admin"),
    ("POST", "/admin/users", "admin"),
    ("PATCH", "/admin/users/anna", "admin"),
    ("DELETE", "/admin/exercises/1", "admin"),
]


@pytest.mark.parametrize("role", ROLES)
async def test_every_route_counts_in_its_category_for_every_role(
    make_client: MakeClient, make_user: MakeUser, role: str
) -> None:
    headers = {} if role == "anonymous" else await make_user("anna", role=role)
    found, expected = {}, {}
    for method, path, policy in ROUTES:
        client = await make_client(rate_limits=limits(**{name: f"{n}/hour" for name, n in NUMBERS.items()}))
        answer = await client.request(method, path, headers=headers)
        found[method, path] = answer.headers["ratelimit-policy"]
        column = 0 if path == "/" else ROLES.index(role)  # nobody is asked who they are at /
        expected[method, path] = f'"{policy}";q={OWN[policy][column]};w=3600'
    assert found == expected


async def test_a_caller_is_told_what_is_left_and_until_when(make_client: MakeClient, clock: list[float]) -> None:
    client = await make_client(rate_limits=limits(read_anonymous="3/minute"))
    for remaining, seconds in ((2, 0.0), (1, 10.0), (0, 39.9)):
        clock[0] = HOUR + 20 + seconds
        answer = await client.get("/exercises")
        assert answer.status_code == 200
        assert answer.headers["ratelimit-policy"] == '"read";q=3;w=60'
        left = {0.0: 40, 10.0: 30, 39.9: 1}[seconds]
        assert answer.headers["ratelimit"] == f'"read";r={remaining};t={left}'
        assert "retry-after" not in answer.headers


async def test_one_too_many_is_told_when_to_come_back(make_client: MakeClient, clock: list[float]) -> None:
    client = await make_client(rate_limits=limits(read_anonymous="3/minute"))
    assert [(await client.get("/exercises")).status_code for _ in range(3)] == [200, 200, 200]
    clock[0] = HOUR + 29.5
    answer = await client.get("/exercises")
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["retry-after"] == "31"
    assert answer.headers["ratelimit-policy"] == '"read";q=3;w=60'
    assert answer.headers["ratelimit"] == '"read";r=0;t=31'
    assert body.pop("request_id") == answer.headers["x-request-id"]
    assert len(body.pop("trace_id")) == 32
    assert body == {
        "type": "urn:problem:rate-limit-exceeded",
        "title": "Too Many Requests",
        "status": 429,
        "detail": "Rate limit exceeded: 3 per 1 minute",
    }


async def test_refused_requests_do_not_lengthen_the_wait(make_client: MakeClient, clock: list[float]) -> None:
    client = await make_client(rate_limits=limits(read_anonymous="2/minute"))
    assert [(await client.get("/exercises")).status_code for _ in range(6)] == [200, 200, 429, 429, 429, 429]
    clock[0] = HOUR + 59.99
    assert (await client.get("/exercises")).headers["retry-after"] == "1"
    clock[0] = HOUR + 60
    answer = await client.get("/exercises")
    assert (answer.status_code, answer.headers["ratelimit"]) == (200, '"read";r=1;t=60')


async def statuses(client: httpx.AsyncClient, requests: list[tuple[str, str]], headers: dict[str, str]) -> list[int]:
    return [(await client.request(method, path, headers=headers)).status_code for method, path in requests]


async def test_a_category_is_one_budget_for_all_its_routes(make_client: MakeClient, make_user: MakeUser) -> None:
    client = await make_client(rate_limits=limits(read_user="3/hour", write_user="3/hour"))
    headers = await make_user("anna")
    reads = [("GET", "/exercises"), ("GET", "/exercises/7"), ("GET", "/exercises/export"), ("GET", "/exercises/8")]
    writes = [("POST", "/exercises"), ("PATCH", "/exercises/7"), ("DELETE", "/exercises/7"), ("DELETE", "/exercises/8")]
    assert await statuses(client, reads, headers) == [200, 404, 200, 429]
    assert await statuses(client, writes, headers) == [422, 422, 404, 429]
    others = [("GET", "/auth/me"), ("GET", "/admin/users"), ("GET", "/")]
    assert await statuses(client, others, headers) == [200, 403, 200]


async def test_a_request_that_is_refused_for_another_reason_counts(
    make_client: MakeClient, make_user: MakeUser
) -> None:
    client = await make_client(rate_limits=limits(admin="2/hour"))
    headers = await make_user("anna")
    assert await statuses(client, [("GET", "/admin/users")] * 3, headers) == [403, 403, 429]


async def test_a_login_counts_before_the_password_is_checked(
    make_client: MakeClient, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_user("anna")
    client = await make_client(rate_limits=limits(auth="3/hour"))
    checked: list[bytes] = []
    real = bcrypt.checkpw

    def remember(password: bytes, hashed: bytes) -> bool:
        checked.append(password)
        return real(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", remember)
    guesses = ["wrong one", "wrong two", "short", PASSWORD, PASSWORD]
    answers = [await client.post("/auth/login", json={"username": "anna", "password": guess}) for guess in guesses]
    assert [answer.status_code for answer in answers] == [401, 401, 422, 429, 429]
    assert checked == [b"wrong one", b"wrong two"]


async def test_all_that_needs_no_login_counts_by_address(make_client: MakeClient, make_user: MakeUser) -> None:
    client = await make_client(rate_limits=limits(auth="3/hour", session="2/hour"))
    headers = await make_user("anna")
    renew, end, enter = ("POST", "/auth/refresh"), ("POST", "/auth/logout"), ("POST", "/auth/login")
    # Renewing a session takes nothing from the logins of whoever shares the address.
    assert await statuses(client, [renew, end, renew], {}) == [401, 401, 429]
    assert await statuses(client, [enter] * 4, {}) == [422, 422, 422, 429]
    # A token in the header opens no second budget there, and whoever has one keeps their own elsewhere.
    assert await statuses(client, [renew, enter], headers) == [429, 429]
    assert await statuses(client, [("GET", "/auth/me")] * 4, headers) == [200, 200, 200, 429]


@pytest.mark.parametrize("path", ["/health", "/livez", "/readyz", "/metrics", "/nowhere", "/openapi.json"])
async def test_what_watches_us_is_never_limited(make_client: MakeClient, path: str) -> None:
    client = await make_client(rate_limits=RateLimitSettings.model_validate(dict.fromkeys(NUMBERS, "1/hour")))
    for _ in range(3):
        answer = await client.get(path)
        assert answer.status_code == (404 if path == "/nowhere" else 200)
        assert not [name for name in answer.headers if name.startswith("ratelimit")]


async def test_limits_can_be_switched_off(make_client: MakeClient) -> None:
    scarce = {"enabled": False} | dict.fromkeys(NUMBERS, "1/hour")
    client = await make_client(rate_limits=RateLimitSettings.model_validate(scarce))
    for _ in range(3):
        answer = await client.get("/exercises")
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.startswith("ratelimit")]
