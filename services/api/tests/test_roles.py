"""Who may do what: every operation of `/auth` and `/admin` for every kind of caller, in both modes of access."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from api.app import create_app
from api.settings import ApiSettings

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
PASSWORD = "correct horse"
LOGIN = {"username": "target", "password": PASSWORD}
CALLERS = ("anonymous", "readonly", "user", "service", "admin")

ADMINS = (401, 403, 403, 403)
# What each operation answers to CALLERS, in their order.
MATRIX: dict[str, tuple[int, ...]] = {
    "GET /admin/users": (*ADMINS, 200),
    "POST /admin/users": (*ADMINS, 201),
    "PATCH /admin/users/{username}": (*ADMINS, 200),
    "DELETE /admin/exercises/{exercise_id}": (*ADMINS, 204),
    "GET /admin/jobs": (*ADMINS, 503),  # there is no Redis here
    "POST /admin/jobs/{name}": (*ADMINS, 503),
    "GET /admin/jobs/{name}": (*ADMINS, 503),
    "POST /auth/login": (200, 200, 200, 200, 200),
    "POST /auth/refresh": (200, 200, 200, 200, 200),
    "POST /auth/logout": (401, 204, 204, 204, 204),
    "GET /auth/me": (401, 200, 200, 200, 200),
    "POST /auth/password": (401, 200, 200, 200, 200),
    "POST /auth/introspect": (401, 403, 403, 200, 403),
    "POST /auth/tokens": (401, 201, 201, 403, 201),
    "GET /auth/tokens": (401, 200, 200, 200, 200),
    "DELETE /auth/tokens/{token_id}": (401, 404, 404, 404, 404),
    "POST /auth/exchange": (401, 403, 403, 400, 403),
}
CHANGED = {"POST /admin/users", "PATCH /admin/users/{username}", "DELETE /admin/exercises/{exercise_id}"}
STATE = """
    SELECT username, email, role, disabled, NULL AS exercise FROM users
    UNION ALL SELECT NULL, NULL, NULL, NULL, id FROM exercises ORDER BY 1, 5"""


def operations() -> set[str]:
    """Every operation of the two features that the OpenAPI document names."""
    paths = create_app(ApiSettings.model_construct(cors_origins=(), trusted_proxies=())).openapi()["paths"]
    return {
        f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method in methods
        if path.startswith(("/auth", "/admin"))
    }


async def body_of(operation: str, client: httpx.AsyncClient, token: str) -> dict[str, Any] | None:
    """A request that would succeed, were it not for the role."""
    if operation == "POST /auth/refresh":
        pair = (await client.post("/auth/login", json=LOGIN)).json()
        return {"refresh_token": pair["refresh_token"]}
    return {
        "POST /admin/users": {"username": "newcomer", "password": PASSWORD},
        "PATCH /admin/users/{username}": {"email": "changed@example.org"},
        "POST /auth/login": LOGIN,
        "POST /auth/password": {"current_password": PASSWORD, "new_password": "a new password"},
        "POST /auth/introspect": {"token": token},
        "POST /auth/tokens": {"name": "Claude on my laptop"},
        "POST /auth/exchange": {"token": token},
    }.get(operation)


def test_the_matrix_has_every_operation() -> None:
    assert set(MATRIX) == operations()


@pytest.mark.parametrize("access", ["open", "private"])
@pytest.mark.parametrize("operation", MATRIX)
async def test_every_operation_is_for_its_roles_alone(
    make_client: MakeClient, make_user: MakeUser, sql: asyncpg.Connection, operation: str, access: str
) -> None:
    client, found = await make_client(access=access), []
    method, path = operation.split()
    target = await make_user("target")
    routine = "(SELECT id FROM routines WHERE owner_id IS NULL)"
    for role in CALLERS:
        headers = {} if role == "anonymous" else await make_user(f"the-{role}", role=role)
        body = await body_of(operation, client, target["Authorization"].removeprefix("Bearer "))
        add = f"INSERT INTO exercises (routine_id, name, sets, reps) VALUES ({routine}, 'Squat', 3, 5) RETURNING id"
        exercise = await sql.fetchval(add)
        before = await sql.fetch(STATE)
        answer = await client.request(
            method,
            path.format(username="target", exercise_id=exercise, token_id=uuid4(), name="refresh_exercises"),
            json=body,
            headers=headers,
        )
        found.append(answer.status_code)
        assert (await sql.fetch(STATE) != before) == (operation in CHANGED and role == "admin")
    assert tuple(found) == MATRIX[operation]


@pytest.mark.parametrize("role", ["readonly", "service"])
@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
async def test_no_header_turns_a_read_into_a_write(
    client: httpx.AsyncClient, make_user: MakeUser, sql: asyncpg.Connection, role: str, header: str
) -> None:
    headers = await make_user("anna", role=role)
    body = {"name": "Squat", "sets": 3, "reps": 5}
    answer = await client.request("GET", "/exercises", json=body, headers=headers | {header: "POST"})
    assert answer.status_code == 200
    assert (await client.post("/exercises", json=body, headers=headers | {header: "GET"})).status_code == 403
    assert await sql.fetchval("SELECT count(*) FROM exercises") == 0


@pytest.mark.parametrize("access", ["open", "private"])
@pytest.mark.parametrize("path", ["/", "/health", "/livez", "/readyz", "/metrics", "/openapi.json", "/docs"])
async def test_what_is_public_asks_nobody_who_they_are(make_client: MakeClient, path: str, access: str) -> None:
    client = await make_client(access=access)
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        assert (await client.get(path, headers=headers)).status_code == 200


PRIVATE = ["GET /exercises", "GET /exercises/1", "GET /exercises/export", "POST /exercises", "DELETE /exercises/1"]


@pytest.mark.parametrize("operation", PRIVATE)
async def test_what_is_private_asks_everybody_who_they_are(make_client: MakeClient, operation: str) -> None:
    client = await make_client(access="private")
    answer = await client.request(*operation.split(), json={"name": "Squat", "sets": 3, "reps": 5})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["detail"] == "Not authenticated"
