"""Contract §7.2: what tokens are made of, and which hold."""

import time

import httpx
import pytest

from tests.contract import tokens
from tests.contract.conftest import SECRET
from tests.contract.promises import promise
from tests.databases import sql
from tests.people import PASSWORD, Person, bearer, new_person
from tests.processes import Api

MINUTES, DAYS = 60, 86_400


@pytest.fixture
def person(client: httpx.Client, admin: Person) -> Person:
    """Somebody who is logged in."""
    return new_person(client, admin)


def status(client: httpx.Client, token: str) -> int:
    """What `GET /auth/me` says to a token."""
    return client.get("/auth/me", headers=bearer(token)).status_code


@promise("7.2-algorithm")
def test_tokens_are_signed_with_hs256(client: httpx.Client, person: Person) -> None:
    for token in (person.access_token, person.refresh_token):
        head = tokens.header(token)
        assert head["alg"] == "HS256"
        assert tokens.sign(head, tokens.claims(token), SECRET).count(".") == 2
    copy = tokens.sign(tokens.header(person.access_token), tokens.claims(person.access_token), SECRET)
    assert status(client, copy) == 200, "the same claims signed with the secret are as good"


@promise("7.2-algorithm", "3.5-me-refused")
@pytest.mark.parametrize(
    ("algorithm", "digest", "key"),
    [
        ("HS256", "sha256", "another secret of more than 32 bytes, not the API's"),
        ("HS256", "sha256", ""),
        ("HS384", "sha384", SECRET),
        ("HS512", "sha256", SECRET),
        ("HS512", "sha512", SECRET),
        ("none", "none", SECRET),
        ("None", "none", SECRET),
        ("HS256", "none", SECRET),
        ("none", "sha256", SECRET),
        ("RS256", "sha256", SECRET),
    ],
)
def test_a_token_signed_otherwise_does_not_hold(
    client: httpx.Client, person: Person, algorithm: str, digest: str, key: str
) -> None:
    head = tokens.header(person.access_token) | {"alg": algorithm}
    assert status(client, tokens.sign(head, tokens.claims(person.access_token), key, digest)) == 401


@promise("3.5-me-refused", "7.2-payload")
@pytest.mark.parametrize("claim", ["sub", "exp", "type", "iss", "aud", "iat", "jti", "sid"])
def test_a_token_without_one_of_its_claims_does_not_hold(client: httpx.Client, person: Person, claim: str) -> None:
    body = tokens.claims(person.access_token)
    del body[claim]
    assert status(client, tokens.sign(tokens.header(person.access_token), body, SECRET)) == 401


@promise("7.2-payload")
@pytest.mark.parametrize("role", ["user", "admin", "readonly", "service"])
def test_a_token_holds_name_role_and_end(client: httpx.Client, admin: Person, role: str) -> None:
    person = new_person(client, admin, role)
    body = tokens.claims(person.access_token)
    assert (body["sub"], body["role"]) == (person.username, role)
    assert type(body["exp"]) is int
    assert tokens.claims(person.refresh_token)["sub"] == person.username


@promise("7.2-access-life", "7.2-refresh-life", "3.5-login-refresh-life", "3.5-login-expires-in")
def test_an_access_token_lives_30_minutes_and_a_refresh_token_7_days(person: Person) -> None:
    for token, life in ((person.access_token, 30 * MINUTES), (person.refresh_token, 7 * DAYS)):
        body = tokens.claims(token)
        assert body["exp"] - body["iat"] == life
        assert abs(body["iat"] - time.time()) < 30


@promise("7.2-access-life")
def test_a_token_does_not_hold_beyond_its_end(client: httpx.Client, person: Person) -> None:
    body = tokens.claims(person.access_token)
    for end, expected in ((time.time() + 60, 200), (time.time() - 1, 401), (0, 401)):
        token = tokens.sign(tokens.header(person.access_token), body | {"exp": int(end)}, SECRET)
        assert status(client, token) == expected


@promise("7.2-access-life")
def test_a_token_stops_holding_at_its_end_although_it_was_known(client: httpx.Client, person: Person) -> None:
    """RFC 7519 §4.1.4: not on or after `exp`. The API remembers tokens for some seconds."""
    body = tokens.claims(person.access_token) | {"exp": int(time.time()) + 2}
    token = tokens.sign(tokens.header(person.access_token), body, SECRET)
    assert status(client, token) == 200
    time.sleep(max(0.0, body["exp"] - time.time()) + 0.05)
    assert status(client, token) == 401


@promise("7.2-refresh-life", "3.5-login-refresh-life")
def test_a_refresh_token_renews_until_its_end(client: httpx.Client, person: Person) -> None:
    body = tokens.claims(person.refresh_token)
    over = tokens.sign(tokens.header(person.refresh_token), body | {"exp": int(time.time()) - 1}, SECRET)
    assert client.post("/auth/refresh", json={"refresh_token": over}).status_code == 401
    renewed = client.post("/auth/refresh", json={"refresh_token": person.refresh_token})
    assert renewed.status_code == 200
    assert status(client, renewed.json()["access_token"]) == 200


@promise("7.2-scheme", "3.5-me-token")
def test_a_token_comes_as_a_bearer_token_and_in_no_other_way(client: httpx.Client, person: Person) -> None:
    token = person.access_token
    assert client.get("/auth/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert client.get("/auth/me", headers={"Authorization": f"bearer {token}"}).status_code == 200
    for authorization in (token, f"Basic {token}", f"Token {token}", f"Bearer{token}", "Bearer", ""):
        answer = client.get("/auth/me", headers={"Authorization": authorization})
        assert answer.status_code == 401, authorization[:10]
        assert answer.headers["www-authenticate"] == "Bearer"
    assert client.get("/auth/me", params={"access_token": token}).status_code == 401
    assert client.get("/auth/me", headers={"Cookie": f"access_token={token}"}).status_code == 401


@promise("7.2-payload")
def test_a_refresh_token_is_no_access_token_nor_the_other_way_round(client: httpx.Client, person: Person) -> None:
    assert status(client, person.refresh_token) == 401
    assert client.post("/auth/refresh", json={"refresh_token": person.access_token}).status_code == 401


@promise("7.2-salt", "7.2-bcrypt")
def test_two_accounts_with_one_password_have_two_hashes(api: Api, client: httpx.Client, admin: Person) -> None:
    names = [new_person(client, admin).username for _ in range(2)]
    url = api.variables["DATABASE_URL"]
    hashes = [row[0] for row in sql(url, "SELECT password_hash FROM users WHERE username = ANY($1)", names)]
    assert len(set(hashes)) == 2
    assert all(len(hashed) == 60 and hashed.startswith("$2b$") for hashed in hashes)
    assert PASSWORD not in " ".join(hashes)
