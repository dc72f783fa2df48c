"""Whose limit it is: by account, or by an address that nobody can make up; and that no spelling dodges it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
import redis.asyncio
from pydantic import SecretStr

from api.settings import RateLimitSettings

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
PASSWORD = "correct horse"
PROXIES = ("192.0.2.0/24", "2001:db8:ffff::/48")


def limits(**given: object) -> RateLimitSettings:
    """Settings in which only `given` is scarce."""
    names = [name for name in RateLimitSettings.model_fields if name != "enabled"]
    return RateLimitSettings.model_validate(dict.fromkeys(names, "1000/hour") | given)


async def left(client: httpx.AsyncClient, address: str = "192.0.2.1", path: str = "/exercises", **headers: str) -> int:
    """Ask once from `address`, and say how often one may ask from there now."""
    ours = client._transport
    assert isinstance(ours, httpx.ASGITransport)
    transport = httpx.ASGITransport(ours.app, client=(address, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as there:
        answer = await there.get(path, headers=headers)
    remaining: str = answer.headers["ratelimit"]
    return int(remaining.split("r=")[1].split(";")[0])


@pytest.fixture
async def behind(make_client: MakeClient) -> httpx.AsyncClient:
    """An application behind proxies that it trusts; the client's own address is one of theirs."""
    return await make_client(rate_limits=limits(read_anonymous="9/hour"), trusted_proxies=PROXIES)


async def test_whoever_is_not_logged_in_counts_by_address(make_client: MakeClient) -> None:
    client = await make_client(rate_limits=limits(read_anonymous="9/hour"))
    assert [await left(client, f"198.51.100.{n}") for n in (1, 2, 1, 1, 2)] == [8, 8, 7, 6, 7]


async def test_whoever_is_logged_in_counts_by_name_and_role(
    make_client: MakeClient, make_user: MakeUser, sql: asyncpg.Connection
) -> None:
    anna, bert = await make_user("anna"), await make_user("bert")
    client = await make_client(rate_limits=limits(read_anonymous="9/hour", read_user="9/hour"))
    again = (await client.post("/auth/login", json={"username": "ANNA", "password": PASSWORD})).json()
    other_session = {"Authorization": f"Bearer {again['access_token']}"}
    assert await left(client, "198.51.100.1", **anna) == 8
    assert await left(client, "198.51.100.2", **anna) == 7
    assert await left(client, "198.51.100.1", **other_session) == 6
    assert await left(client, "198.51.100.1", **bert) == 8
    assert await left(client, "198.51.100.1") == 8
    await sql.execute("UPDATE users SET role = 'readonly' WHERE username = 'anna'")
    fresh = (await client.post("/auth/login", json={"username": "anna", "password": PASSWORD})).json()
    assert await left(client, **{"Authorization": f"Bearer {fresh['access_token']}"}) == 8


async def test_an_account_named_like_an_address_is_not_that_address(
    make_client: MakeClient, make_user: MakeUser
) -> None:
    named = await make_user("198.51.100.1")
    client = await make_client(rate_limits=limits(read_anonymous="9/hour", read_user="9/hour"))
    assert await left(client, "198.51.100.1") == 8
    assert await left(client, "198.51.100.1", **named) == 8


SAME = [
    ("198.51.100.1", "::ffff:198.51.100.1"),
    ("198.51.100.1", "::ffff:c633:6401"),
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
    ("2001:db8:1:2::1", "2001:0DB8:0001:0002::"),
    ("not-an-address", "not-an-address"),
]
DIFFERENT = [
    ("198.51.100.1", "198.51.100.2"),
    ("::ffff:198.51.100.1", "::ffff:198.51.100.2"),
    ("2001:db8:1:2::1", "2001:db8:1:3::1"),
    ("2001:db8:1:2::1", "2001:db8:2:2::1"),
    ("not-an-address", "another"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
async def test_these_addresses_are_one(make_client: MakeClient, one: str, other: str) -> None:
    client = await make_client(rate_limits=limits(read_anonymous="9/hour"))
    assert [await left(client, one), await left(client, other)] == [8, 7]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
async def test_these_addresses_are_two(make_client: MakeClient, one: str, other: str) -> None:
    client = await make_client(rate_limits=limits(read_anonymous="9/hour"))
    assert [await left(client, one), await left(client, other)] == [8, 8]


# (the connection's address, X-Forwarded-For) and the address that counts.
FORWARDED = [
    ("192.0.2.1", "203.0.113.5", "203.0.113.5"),
    ("192.0.2.1", "198.51.100.9, 203.0.113.5", "203.0.113.5"),
    ("192.0.2.1", "198.51.100.9,203.0.113.5,192.0.2.7", "203.0.113.5"),
    ("192.0.2.1", "198.51.100.9, 203.0.113.5, 192.0.2.7, 192.0.2.8", "203.0.113.5"),
    ("192.0.2.1", "192.0.2.9, 203.0.113.5", "203.0.113.5"),
    ("192.0.2.1", "nonsense, 203.0.113.5", "203.0.113.5"),
    ("192.0.2.1", "2001:db8:1:2::9", "2001:db8:1:2::1"),
    ("192.0.2.1", "203.0.113.5, 2001:db8:ffff:1::1", "203.0.113.5"),
    ("2001:db8:ffff::1", "203.0.113.5", "203.0.113.5"),
    ("198.51.100.1", "203.0.113.5", "198.51.100.1"),
    ("198.51.100.1", "192.0.2.1", "198.51.100.1"),
    ("192.0.3.1", "203.0.113.5", "192.0.3.1"),
    ("2001:db8:fffe::1", "203.0.113.5", "2001:db8:fffe::"),
]


@pytest.mark.parametrize(("peer", "forwarded", "counted"), FORWARDED)
async def test_the_right_most_address_that_no_trusted_proxy_has_counts(
    behind: httpx.AsyncClient, peer: str, forwarded: str, counted: str
) -> None:
    assert await left(behind, peer, **{"X-Forwarded-For": forwarded}) == 8
    # Asked directly from the address that was meant, it is the second time.
    assert await left(behind, counted) == 7


async def test_without_trusted_proxies_nobody_can_speak_for_others(make_client: MakeClient) -> None:
    client = await make_client(rate_limits=limits(read_anonymous="9/hour"))
    found = [await left(client, "192.0.2.1", **{"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(4)]
    assert found == [8, 7, 6, 5]


@pytest.mark.parametrize("header", ["X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP"])
async def test_no_other_header_names_the_client(behind: httpx.AsyncClient, header: str) -> None:
    spoofed = {header: "for=203.0.113.5" if header == "Forwarded" else "203.0.113.5"}
    assert [await left(behind, "192.0.2.1", **spoofed), await left(behind, "192.0.2.1")] == [8, 7]


async def test_what_stands_before_the_proxys_own_entry_helps_nobody(behind: httpx.AsyncClient) -> None:
    chains = [f"203.0.113.{n}, 198.51.100.1" for n in range(4)]
    assert [await left(behind, "192.0.2.1", **{"X-Forwarded-For": chain}) for chain in chains] == [8, 7, 6, 5]


async def test_logins_count_by_the_forwarded_address_too(make_client: MakeClient) -> None:
    client = await make_client(rate_limits=limits(auth="2/hour"), trusted_proxies=("192.0.2.1",))
    found = []
    for address in ("203.0.113.1", "203.0.113.1", "203.0.113.1", "203.0.113.2"):
        headers = {"X-Forwarded-For": address}
        body = {"username": "nobody", "password": PASSWORD}
        found.append((await client.post("/auth/login", json=body, headers=headers)).status_code)
    assert found == [401, 401, 429, 401]


# Whole, because httpx would take what follows two slashes for a host.
US = "http://api.test"
COUNTED = [
    f"{US}{path}" for path in ("/exercises?page=1", "/exercises?x=y", "/exercises?", "/%65xercises", "/exercises/7")
]
UNKNOWN = [
    f"{US}{path}" for path in ("/exercises/", "//exercises", "/EXERCISES", "/Exercises", "/exercises//7", "/x//")
]


async def test_no_spelling_of_a_path_dodges_its_limit(make_client: MakeClient) -> None:
    client = await make_client(rate_limits=limits(read_anonymous="1/hour", write_anonymous="1/hour"))
    assert (await client.get("/exercises")).status_code == 200
    assert {path: (await client.get(path)).status_code for path in COUNTED} == dict.fromkeys(COUNTED, 429)
    assert {path: (await client.get(path)).status_code for path in UNKNOWN} == dict.fromkeys(UNKNOWN, 404)
    for path in UNKNOWN:
        answer = await client.post(path, json={"name": "Squat", "sets": 3, "reps": 5})
        assert answer.status_code in (404, 405)
    assert (await client.head("/exercises")).status_code == 429


@pytest.mark.parametrize("path", ["/auth/login/", "//auth/login", "/AUTH/LOGIN", "/auth//login", "/auth/Login"])
async def test_no_spelling_of_the_login_opens(make_client: MakeClient, make_user: MakeUser, path: str) -> None:
    await make_user("anna")
    client = await make_client(rate_limits=limits(auth="1/hour"))
    answer = await client.post(f"{US}{path}", json={"username": "anna", "password": PASSWORD})
    assert answer.status_code == 404


async def test_replicas_share_a_limit_through_database_two(make_client: MakeClient, valkey_url: str) -> None:
    settings: dict[str, Any] = {
        "rate_limits": limits(read_anonymous="1000/hour"),
        "redis_url": SecretStr(f"{valkey_url}/0"),
    }
    one, other = [await make_client(**settings) for _ in range(2)]
    address = f"host-{uuid4()}"
    for remaining in (999, 998, 997):
        assert await left(one, address) == remaining
    for asked in range(1, 100):
        if (remaining := await left(other, address)) == 1000 - 3 - asked:
            break
        await asyncio.sleep(0.02)
    assert remaining == 1000 - 3 - asked
    async with redis.asyncio.Redis.from_url(f"{valkey_url}/2") as client:
        assert len([key async for key in client.scan_iter(f"*{address}*", count=10_000)]) == 1
    async with redis.asyncio.Redis.from_url(f"{valkey_url}/0") as client:
        assert not [key async for key in client.scan_iter(f"*{address}*", count=10_000)]


async def test_without_redis_each_replica_counts_alone(
    make_client: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "runtime.limits"):
        client = await make_client(
            rate_limits=limits(read_anonymous="9/hour"), redis_url=SecretStr("redis://127.0.0.1:1/0")
        )
        assert [await left(client) for _ in range(3)] == [8, 7, 6]
        for _ in range(100):
            if caplog.messages:
                break
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.25)
    assert caplog.messages == ["Redis is not reachable: limits are counted per process"]
    assert await left(client) == 5
