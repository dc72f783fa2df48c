"""Contract §3.5: logging in, and who one is."""

from itertools import product

import httpx
import pytest

from tests.contract import tokens
from tests.contract.promises import promise
from tests.people import PASSWORD, Person, bearer, change_account, log_in, new_person

LOGIN = {"username": "admin", "password": "admin123"}
FIELDS = {"username", "email", "role", "disabled"}


@promise("3.5-login-tokens", "3.5-login-type", "3.5-login-expires-in")
def test_a_login_gives_two_jwts_and_says_how_long_the_first_lives(client: httpx.Client) -> None:
    answer = client.post("/auth/login", json=LOGIN)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (body["token_type"], body["expires_in"]) == ("bearer", 1800)
    for name in ("access_token", "refresh_token"):
        assert tokens.claims(body[name])["sub"] == "admin"
    assert body["access_token"] != body["refresh_token"]


@promise("3.5-login-wrong", "3.5-login-challenge")
@pytest.mark.parametrize(
    "login",
    [LOGIN | {"password": "admin124"}, LOGIN | {"username": "nobody-of-that-name"}, LOGIN | {"password": "ADMIN123"}],
    ids=["wrong password", "unknown name", "wrong case"],
)
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(client: httpx.Client, login: dict[str, str]) -> None:
    answer = client.post("/auth/login", json=login)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "Incorrect username or password"


@promise("3.5-login-username", "3.5-login-password")
@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        *(("username", value, 422) for value in ("", "ab", "x" * 51, None, 7, ["admin"])),
        *(("username", value, 401) for value in ("abc", "x" * 50)),
        *(("password", value, 422) for value in ("", "12345", "x" * 73, "ä" * 37, None, 123456)),
        *(("password", value, 401) for value in ("123456", "x" * 72, "ä" * 36)),
    ],
)
def test_names_have_3_to_50_characters_and_passwords_6_or_more(
    client: httpx.Client, field: str, value: object, status: int
) -> None:
    answer = client.post("/auth/login", json=LOGIN | {field: value})
    assert answer.status_code == status
    if status == 422:
        assert [error["field"] for error in answer.json()["errors"]] == [field]
        assert not (isinstance(value, str) and len(value) > 4 and value in answer.text), "what was sent is not repeated"


@promise("3.5-login-username", "3.5-login-password")
@pytest.mark.parametrize("field", ["username", "password"])
def test_a_login_wants_both(client: httpx.Client, field: str) -> None:
    answer = client.post("/auth/login", json={key: value for key, value in LOGIN.items() if key != field})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@promise("3.5-me-body", "3.5-me-token")
def test_the_first_admin_is_who_the_contract_says(client: httpx.Client, admin: Person) -> None:
    answer = client.get("/auth/me", headers=admin.headers)
    assert answer.status_code == 200
    assert answer.json() == {
        "username": "admin",
        "email": "admin@workout.local",
        "role": "admin",
        "disabled": False,
    }


@promise("3.5-me-role", "3.5-me-body")
@pytest.mark.parametrize("role", ["admin", "user", "readonly", "service"])
def test_each_role_is_told_what_it_is(client: httpx.Client, admin: Person, role: str) -> None:
    person = new_person(client, admin, role)
    me = client.get("/auth/me", headers=person.headers).json()
    assert (set(me), me["username"], me["role"], me["disabled"]) == (FIELDS, person.username, role, False)


@promise("3.5-me-role")
def test_there_is_no_other_role(client: httpx.Client, admin: Person) -> None:
    for role in ("root", "ADMIN", "", None, "anonymous"):
        new = {"username": "somebody-else", "password": PASSWORD, "role": role}
        assert client.post("/admin/users", json=new, headers=admin.headers).status_code == 422


@promise("3.5-me-refused", "3.5-me-token")
def test_without_a_token_that_holds_nobody_is_anybody(client: httpx.Client, admin: Person) -> None:
    person = new_person(client, admin)
    head, body, signature = person.access_token.split(".")
    forged = [f"{head}.{body}.", f"{head}.{body}.{signature[:-2]}", f"{head}.{body}", "x", "a.b.c", f"{body}.{body}.x"]
    for headers in ({}, *(bearer(token) for token in forged)):
        answer = client.get("/auth/me", headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
    assert client.get("/auth/me", headers=person.headers).status_code == 200


@promise("3.5-me-disabled")
def test_a_disabled_account_is_forbidden_with_the_token_it_has_and_for_a_new_login(
    client: httpx.Client, admin: Person
) -> None:
    person = new_person(client, admin)
    assert client.get("/auth/me", headers=person.headers).status_code == 200
    change_account(client, admin, person.username, disabled=True)
    login = {"username": person.username, "password": person.password}
    for answer in (client.get("/auth/me", headers=person.headers), client.post("/auth/login", json=login)):
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"
    change_account(client, admin, person.username, disabled=False)
    assert client.get("/auth/me", headers=person.headers).status_code == 200


@promise("7.2-accounts", "3.5-login-wrong")
def test_an_account_that_an_admin_makes_can_log_in_and_no_other(client: httpx.Client, admin: Person) -> None:
    person = new_person(client, admin)
    log_in(client, person.username, person.password)
    assert client.post("/auth/login", json=LOGIN | {"username": person.username}).status_code == 401


@promise("3.6-admin-only", "7.1-admin-others")
@pytest.mark.parametrize("role", ["user", "readonly", "service", None])
def test_only_an_admin_may_do_what_admins_do(client: httpx.Client, admin: Person, role: str | None) -> None:
    headers = new_person(client, admin, role).headers if role else {}
    requests = [("GET", "/admin/users"), ("DELETE", "/admin/exercises/1"), ("DELETE", "/admin/exercises/2147483647")]
    for (method, path), caller in product(requests, (headers,)):
        answer = client.request(method, path, headers=caller)
        assert answer.status_code == (403 if role else 401)
        assert answer.headers["content-type"] == "application/problem+json"
        assert role or answer.headers["www-authenticate"] == "Bearer"


@promise("3.6-users-body")
def test_an_admin_sees_all_accounts_as_they_see_themselves(client: httpx.Client, admin: Person) -> None:
    people = [new_person(client, admin, role) for role in ("user", "readonly")]
    answer = client.get("/admin/users", headers=admin.headers)
    assert answer.status_code == 200
    accounts = {account["username"]: account for account in answer.json()}
    for person in (*people, admin):
        assert accounts[person.username] == client.get("/auth/me", headers=person.headers).json()
    assert {"admin", "user"} <= set(accounts)
    assert all(set(account) == FIELDS for account in accounts.values())


@promise("3.6-delete-status", "3.6-delete-missing")
def test_an_admin_deletes_an_exercise_of_any_routine(private: httpx.Client) -> None:
    admin = log_in(private, "admin")
    owner = new_person(private, admin)
    squat = {"name": "Squat", "sets": 3, "reps": 5}
    added = private.post("/exercises", json=squat, headers=owner.headers).json()
    path = f"/exercises/{added['id']}"
    answer = private.delete(f"/admin{path}", headers=admin.headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert private.get(path, headers=owner.headers).status_code == 404
    again = private.delete(f"/admin{path}", headers=admin.headers)
    assert again.status_code == 404
    assert again.headers["content-type"] == "application/problem+json"
    assert again.json()["detail"] == "Exercise not found"
