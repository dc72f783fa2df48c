"""Who calls: addresses and accounts that no other test has, so that nobody uses up anybody's limit."""

from dataclasses import dataclass
from random import SystemRandom
from uuid import uuid4

import httpx

PASSWORD = "a password for tests"
SEEDED = {"admin": "admin123", "user": "user123"}
random = SystemRandom()  # pytest-randomly seeds the usual one alike in every worker


def somewhere() -> dict[str, str]:
    """Headers of a request from an address of its own; the tests' APIs trust their only proxy, which is us."""
    return {"X-Forwarded-For": ".".join(str(random.randint(1, 254)) for _ in range(4))}


@dataclass(frozen=True)
class Person:
    """An account and a session of it."""

    username: str
    password: str
    access_token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        """What makes a request theirs."""
        return bearer(self.access_token)


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def log_in(client: httpx.Client, username: str, password: str | None = None) -> Person:
    """Log in from an address of its own, by default as one of the accounts of development."""
    password = SEEDED[username] if password is None else password
    answer = client.post("/auth/login", json={"username": username, "password": password}, headers=somewhere())
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    return Person(username, password, tokens["access_token"], tokens["refresh_token"])


def new_person(client: httpx.Client, admin: Person, role: str = "user") -> Person:
    """A new account of that role, logged in."""
    username = f"{role}-{uuid4().hex[:12]}"
    answer = client.post(
        "/admin/users", json={"username": username, "password": PASSWORD, "role": role}, headers=admin.headers
    )
    assert answer.status_code == 201, answer.text
    return log_in(client, username, PASSWORD)


def change_account(client: httpx.Client, admin: Person, username: str, **changes: object) -> None:
    """As an admin: `change_account(client, admin, "anna", disabled=True)`."""
    answer = client.patch(f"/admin/users/{username}", json=changes, headers=admin.headers)
    assert answer.status_code == 200, answer.text
