"""Tokens: what they say, how long they hold, and how their key is replaced."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from api.edge.jwt import Claims, InvalidToken, Tokens, key_id

KEY = "the-key-that-signs-with-more-than-32-bytes"
OLD = "the-key-before-with-more-than-32-bytes-too"
SESSION = UUID("00000000-0000-4000-8000-000000000001")
TOKEN_ID = UUID("00000000-0000-4000-8000-000000000002")
LIFE = timedelta(minutes=30)


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_an_access_token_says_who_which_session_and_how_long() -> None:
    tokens, before = Tokens([KEY]), int(time.time())
    claims = tokens.read(tokens.access("anna", "user", SESSION, LIFE), "access")
    assert (claims.username, claims.session) == ("anna", SESSION)
    assert claims.expires_at - claims.issued_at == LIFE
    assert before <= claims.issued_at.timestamp() <= time.time()
    assert claims.issued_at.tzinfo == claims.expires_at.tzinfo == UTC


def test_an_access_token_holds_the_contracts_claims_and_names_its_key() -> None:
    head, body, _ = Tokens([KEY]).access("anna", "readonly", SESSION, LIFE).split(".")
    assert decoded(head) == {"alg": "HS256", "typ": "JWT", "kid": key_id(KEY)}
    claims = decoded(body)
    assert set(claims) == {"sub", "role", "exp", "iat", "iss", "aud", "jti", "sid", "type"}
    assert (claims["sub"], claims["role"], claims["type"]) == ("anna", "readonly", "access")
    assert (claims["iss"], claims["aud"], claims["sid"]) == ("workout-tracker", "workout-api", str(SESSION))
    assert claims["exp"] - claims["iat"] == 1800
    assert isinstance(claims["iat"], int)


def test_every_access_token_has_an_id_of_its_own() -> None:
    tokens = Tokens([KEY])
    ids = {tokens.read(tokens.access("anna", "user", SESSION, LIFE), "access").token_id for _ in range(3)}
    assert len(ids) == 3


def test_a_refresh_token_is_the_same_for_the_same_arguments() -> None:
    tokens = Tokens([KEY])
    issued = datetime.now(UTC)
    first, second = (tokens.refresh("anna", SESSION, TOKEN_ID, issued, issued + LIFE) for _ in range(2))
    assert first == second
    assert "role" not in decoded(first.split(".")[1])
    whole = issued.replace(microsecond=0)
    assert tokens.read(first, "refresh") == Claims("anna", SESSION, TOKEN_ID, whole, whole + LIFE)


def test_a_replaced_key_verifies_until_it_is_forgotten() -> None:
    before = Tokens([OLD]).access("anna", "user", SESSION, LIFE)
    both = Tokens([KEY, OLD])
    assert both.read(before, "access").username == "anna"
    after = both.access("anna", "user", SESSION, LIFE)
    assert decoded(after.split(".")[0])["kid"] == key_id(KEY)
    assert Tokens([KEY]).read(after, "access").username == "anna"
    for keys, token in (([KEY], before), ([OLD], after)):
        with pytest.raises(InvalidToken):
            Tokens(keys).read(token, "access")


SECRETS = [
    '{"kty": "oct", "k": "c2VjcmV0"}',
    '{"keys": []}',
    '{"k":',
    '["a", "b"]',
    '"quoted"',
    "true",
    "0" * 40,
    "ü" * 40,
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_that_looks_like_json_is_only_a_secret(secret: str) -> None:
    token = Tokens([secret]).access("anna", "user", SESSION, LIFE)
    assert Tokens([secret]).read(token, "access").session == SESSION
    head, body, signature = token.split(".")
    mac = hmac.digest(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256)
    assert signature == base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def test_a_keys_name_gives_nothing_away_and_never_changes_between_releases() -> None:
    assert key_id(KEY) == "e39218f8a4045cce"
    assert key_id(KEY) != key_id(OLD)
