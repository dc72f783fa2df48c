"""Tokens that nobody else can make, bend or mix up: each attack is refused with one of two sentences."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.edge.jwt import InvalidToken, Tokens, key_id

KEY = "the-key-that-signs-with-more-than-32-bytes"
OLD = "the-key-before-with-more-than-32-bytes-too"
SESSION = UUID("00000000-0000-4000-8000-000000000001")
TOKEN_ID = UUID("00000000-0000-4000-8000-000000000002")
LIFE = timedelta(minutes=30)
ABSENT: object = ...

INVALID, EXPIRED = "The token is invalid", "The token has expired"


def encoded(part: object) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def good_claims() -> dict[str, object]:
    now = int(time.time())
    return {
        "sub": "anna",
        "type": "access",
        "sid": str(SESSION),
        "jti": str(TOKEN_ID),
        "iss": "workout-tracker",
        "aud": "workout-api",
        "iat": now,
        "exp": now + 60,
    }


def forged(header: object = ABSENT, claims: object = ABSENT, key: str = KEY, digest: str = "sha256") -> str:
    """A token made by hand: with nothing changed it is one that we would have made."""
    head = {"alg": "HS256", "typ": "JWT", "kid": key_id(KEY)} if header is ABSENT else header
    signed = f"{encoded(head)}.{encoded(good_claims() if claims is ABSENT else claims)}"
    return f"{signed}.{encoded(hmac.digest(key.encode(), signed.encode(), digest))}"


def with_header(**changes: object) -> str:
    header = {"alg": "HS256", "typ": "JWT", "kid": key_id(KEY)} | changes
    return forged({name: value for name, value in header.items() if value is not ABSENT})


def with_claims(**changes: object) -> str:
    return forged(claims={name: value for name, value in (good_claims() | changes).items() if value is not ABSENT})


def tampered(**changes: object) -> str:
    """Other claims under the signature of a good token."""
    head, body, signature = forged().split(".")
    return f"{head}.{encoded(decoded(body) | changes)}.{signature}"


def unsigned(algorithm: object) -> str:
    header = {"alg": algorithm, "typ": "JWT", "kid": key_id(KEY)}
    return f"{encoded(header)}.{encoded(good_claims())}."


def refusal(token: str, kind: Any = "access") -> str:
    with pytest.raises(InvalidToken) as refused:
        Tokens([KEY]).read(token, kind)
    return str(refused.value)


def test_a_token_made_by_hand_with_our_key_is_read() -> None:
    claims = Tokens([KEY]).read(forged(), "access")
    assert (claims.username, claims.session, claims.token_id) == ("anna", SESSION, TOKEN_ID)


@pytest.mark.parametrize(("made", "asked"), [("access", "refresh"), ("refresh", "access")])
def test_neither_kind_passes_for_the_other(made: str, asked: str) -> None:
    assert Tokens([KEY]).read(with_claims(type=made), made)  # type: ignore[arg-type]
    assert refusal(with_claims(type=made), asked) == f"This is no {asked} token"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None, 0, ["none"], ["HS256"], {}])
@pytest.mark.parametrize("make", [unsigned, lambda algorithm: with_header(alg=algorithm)], ids=["unsigned", "signed"])
def test_an_unsigned_token_is_refused(algorithm: object, make: Callable[[object], str]) -> None:
    assert refusal(make(algorithm)) == INVALID


@pytest.mark.parametrize(("algorithm", "digest"), [("HS512", "sha512"), ("HS384", "sha384"), ("RS256", "sha256")])
def test_no_other_algorithm_is_taken_even_with_our_key(algorithm: str, digest: str) -> None:
    header = {"alg": algorithm, "typ": "JWT", "kid": key_id(KEY)}
    assert refusal(forged(header, key=KEY, digest=digest)) == INVALID


HEADERS: list[object] = [{}, {"kid": key_id(KEY)}, [], None, "HS256", 1, b"{", b"\xff\xfe", b"[" * 5000]


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: repr(header)[:20])
def test_a_header_that_is_none_is_refused(header: object) -> None:
    assert refusal(forged(header)) == INVALID


def test_another_key_is_refused() -> None:
    assert refusal(forged(key=OLD)) == INVALID
    assert refusal(forged(key="")) == INVALID
    assert refusal(forged(key=KEY + "x")) == INVALID


KIDS = [ABSENT, key_id(OLD), "", "../../dev/null", "' OR 1=1 --", [key_id(KEY)], {key_id(KEY): 1}, 7, 0.5, True, None]


@pytest.mark.parametrize("kid", KIDS, ids=repr)
def test_an_unknown_or_strange_key_id_is_refused(kid: object) -> None:
    assert refusal(with_header(kid=kid)) == INVALID


@pytest.mark.parametrize("claim", ["exp", "iat", "sub", "jti", "iss", "aud", "type", "sid"])
@pytest.mark.parametrize("value", [ABSENT, None, [], {}, "", "nonsense"], ids=lambda v: "absent" if v is ABSENT else v)
def test_every_claim_is_required_and_has_its_type(claim: str, value: object) -> None:
    if (claim, value) in (("sub", ""), ("sub", "nonsense")):
        assert Tokens([KEY]).read(with_claims(sub=value), "access").username == value
    else:
        assert refusal(with_claims(**{claim: value})) in (INVALID, "This is no access token")


WRONG = [("iss", "somebody-else"), ("iss", "Workout-Tracker"), ("aud", "mcp"), ("aud", ["mcp"]), ("aud", 5), ("sub", 5)]
WRONG += [("sid", "7"), ("sid", 7), ("jti", 7), ("jti", "x" * 36), ("iat", "soon"), ("exp", True)]


@pytest.mark.parametrize(("claim", "value"), WRONG)
def test_a_claim_with_a_foreign_value_is_refused(claim: str, value: object) -> None:
    assert refusal(with_claims(**{claim: value})) in (INVALID, EXPIRED)


@pytest.mark.parametrize("ago", [1, 2, 3600, 10**9])
def test_a_token_that_is_over_says_so(ago: int) -> None:
    assert refusal(with_claims(exp=int(time.time()) - ago)) == EXPIRED
    assert refusal(with_claims(exp=int(time.time()) - ago, type="refresh"), "refresh") == EXPIRED


def test_a_token_that_ends_in_a_moment_still_holds() -> None:
    assert Tokens([KEY]).read(with_claims(exp=int(time.time()) + 5), "access")


@pytest.mark.parametrize("exp", [10**12, 10**20, 10**400, float("inf"), float("nan"), "9" * 30], ids=repr)
def test_an_end_beyond_the_calendar_is_refused(exp: object) -> None:
    assert refusal(with_claims(exp=exp)) == INVALID


@pytest.mark.parametrize("iat", [10**20, -(10**20), float("inf"), float("nan")])
def test_a_beginning_beyond_the_calendar_is_refused(iat: object) -> None:
    assert refusal(with_claims(iat=iat)) == INVALID


def test_a_token_is_not_taken_before_its_time() -> None:
    assert refusal(with_claims(nbf=int(time.time()) + 60)) == INVALID


@pytest.mark.parametrize("claims", [[], None, "anna", 7, b"{", b"\xff", b""], ids=repr)
def test_claims_that_are_no_object_are_refused(claims: object) -> None:
    assert refusal(forged(claims=claims)) == INVALID


@pytest.mark.parametrize("change", [{"role": "admin"}, {"sub": "admin"}, {"exp": 4_000_000_000}, {"sid": str(uuid4())}])
def test_a_changed_claim_breaks_the_signature(change: dict[str, object]) -> None:
    assert refusal(tampered(**change)) == INVALID


def damaged(good: str) -> list[str]:
    head, body, signature = good.split(".")
    first = "B" if signature[0] == "A" else "A"
    return [
        "",
        ".",
        "..",
        "...",
        "nonsense",
        "ü.ü.ü",
        "\0",
        "a" * 10_000,
        head,
        f"{head}.{body}",
        f"{head}.{body}.",
        f".{body}.{signature}",
        f"{head}..{signature}",
        f"{good}.{signature}",
        f"{head}.{body}.{signature[:-4]}",
        f"{head}.{body}.{first}{signature[1:]}",
        f"{body}.{head}.{signature}",
        f"{encoded({'alg': 'HS256', 'kid': key_id(KEY)})}.{body}.{signature}",
    ]


@pytest.mark.parametrize("number", range(len(damaged(forged()))))
def test_a_damaged_token_is_refused(number: int) -> None:
    assert refusal(damaged(forged())[number]) == INVALID


@pytest.mark.parametrize("name", ["jku", "x5u", "jwk", "x5c"])
def test_a_key_that_the_token_brings_along_is_ignored(name: str) -> None:
    own = {"kty": "oct", "k": encoded(b"attacker"), "alg": "HS256", "kid": "evil"}
    header = {"alg": "HS256", "typ": "JWT", "kid": key_id(KEY), name: own if name == "jwk" else "http://192.0.2.9/keys"}
    assert refusal(forged(header, key="attacker")) == INVALID
    assert Tokens([KEY]).read(forged(header), "access").username == "anna"


def test_the_key_that_a_token_names_is_the_only_one_tried() -> None:
    with pytest.raises(InvalidToken):
        Tokens([KEY, OLD]).read(forged(key=OLD), "access")
