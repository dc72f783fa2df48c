"""Contract §2.2 and §7.1: by whom requests are counted, where the counts are, and who may change the numbers."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import redis

from devstack.ports import free_port
from tests.conftest import StartApi
from tests.contract.promises import promise
from tests.contract.test_limits import ADMIN, DELETE, LOGINS, PATCH, POST, READS, ROOT, SESSIONS, Cell, allowed
from tests.people import change_account, log_in, new_person, somewhere

# Numbers that are all different, and none of them the contract's.
OVERRIDDEN = {
    "PUBLIC": Cell(9, None, ROOT),
    "AUTH": Cell(4, None, LOGINS),
    "SESSION": Cell(10, None, SESSIONS),
    "READ_ANONYMOUS": Cell(5, None, READS),
    "READ_USER": Cell(6, "user", READS),
    "READ_ADMIN": Cell(7, "admin", READS),
    "WRITE_ANONYMOUS": Cell(2, None, (POST,)),
    "WRITE_USER": Cell(3, "user", (PATCH,)),
    "WRITE_ADMIN": Cell(8, "admin", (DELETE,)),
    "ADMIN": Cell(40, "admin", ADMIN),
    "SERVICE": Cell(11, "service", READS),
}
THREE = {"RATELIMIT_READ_ANONYMOUS": "3/minute", "RATELIMIT_READ_USER": "3/minute"}


@pytest.fixture(scope="module")
def overridden(start_module_api: StartApi) -> Iterator[httpx.Client]:
    """An API whose every limit is somebody's own."""
    variables = {f"RATELIMIT_{name}": f"{cell.limit}/minute" for name, cell in OVERRIDDEN.items()}
    with start_module_api(variables).client() as client:
        yield client


@promise("7.1-overridable")
@pytest.mark.parametrize("cell", OVERRIDDEN.values(), ids=OVERRIDDEN)
def test_every_limit_has_a_variable(overridden: httpx.Client, cell: Cell) -> None:
    assert allowed(overridden, cell, log_in(overridden, "admin")) == cell.limit


@pytest.fixture(scope="module")
def three(start_module_api: StartApi) -> Iterator[httpx.Client]:
    """An API where three reads are all that anybody has, for a day: no new window begins while a test runs."""
    daily = {name: value.replace("minute", "day") for name, value in THREE.items()}
    with start_module_api(daily, RATELIMIT_PUBLIC="2/second").client() as client:
        yield client


def reads(client: httpx.Client, **headers: str) -> list[bool]:
    """Which of four reads pass."""
    return [client.get("/exercises", headers=headers).status_code == 200 for _ in range(4)]


ALL, NONE = [True, True, True, False], [False] * 4


@promise("7.1-overridable")
def test_a_limit_may_be_of_other_spans_than_minutes(three: httpx.Client) -> None:
    caller = somewhere()
    assert three.get("/", headers=caller).headers["ratelimit-policy"] == '"public";q=2;w=1'
    assert three.get("/exercises", headers=caller).headers["ratelimit-policy"] == '"read";q=3;w=86400'
    assert 429 in [three.get("/", headers=caller).status_code for _ in range(40)]
    time.sleep(1.05)
    assert three.get("/", headers=caller).status_code == 200


@promise("7.1-key-address")
def test_without_a_token_callers_are_told_apart_by_their_address(three: httpx.Client) -> None:
    here, there = somewhere(), somewhere()
    assert reads(three, **here) == ALL
    assert reads(three, **there) == ALL
    assert reads(three, **here) == NONE


@promise("7.1-key-address")
def test_of_several_addresses_the_one_counts_that_our_proxy_saw(three: httpx.Client) -> None:
    seen, claimed = somewhere()["X-Forwarded-For"], somewhere()["X-Forwarded-For"]
    assert reads(three, **{"X-Forwarded-For": f"{claimed}, {seen}"}) == ALL
    assert reads(three, **{"X-Forwarded-For": f"{somewhere()['X-Forwarded-For']}, {seen}"}) == NONE
    assert reads(three, **{"X-Forwarded-For": claimed}) == ALL


@promise("7.1-key-address")
def test_without_a_trusted_proxy_a_claimed_address_is_worth_nothing(start_api: StartApi) -> None:
    with start_api(RATELIMIT_READ_ANONYMOUS="3/day", API_TRUSTED_PROXIES="").client() as client:
        statuses = [client.get("/exercises", headers=somewhere()).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


@promise("7.1-key-account")
def test_an_account_is_one_caller_in_all_its_sessions_and_from_everywhere(three: httpx.Client) -> None:
    admin = log_in(three, "admin")
    person, other = new_person(three, admin), new_person(three, admin)
    second_session = log_in(three, person.username, person.password)
    assert reads(three, **somewhere(), **person.headers) == ALL
    assert reads(three, **somewhere(), **second_session.headers) == NONE
    assert reads(three, **somewhere(), **other.headers) == ALL


@promise("7.1-key-account")
def test_an_account_has_a_count_for_each_role_it_has_had(three: httpx.Client) -> None:
    admin = log_in(three, "admin")
    person = new_person(three, admin)
    assert reads(three, **person.headers) == ALL
    change_account(three, admin, person.username, role="readonly")
    assert reads(three, **person.headers) == ALL
    change_account(three, admin, person.username, role="user")
    assert reads(three, **person.headers) == NONE


@promise("7.1-key-account", "7.1-key-address")
def test_an_account_uses_up_nothing_of_its_address(three: httpx.Client) -> None:
    here = somewhere()
    person = new_person(three, log_in(three, "admin"))
    assert reads(three, **here, **person.headers) == ALL
    assert reads(three, **here) == ALL


def counted(database: Any, username: str) -> int:
    """What is counted for an account in a Redis database, in windows that will end."""
    keys = database.keys(f"*{username}*")
    assert all(0 < database.ttl(key) <= 65 for key in keys)
    return sum(int(database.get(key) or 0) for key in keys)


@promise("2.2-database-2", "7.1-redis")
def test_counts_are_kept_in_redis_database_2(start_api: StartApi, valkey_url: str) -> None:
    with start_api(THREE, REDIS_URL=f"{valkey_url}/0").client() as client:
        person = new_person(client, log_in(client, "admin"))
        for _ in range(3):
            client.get("/exercises", headers=person.headers)
        with redis.Redis.from_url(f"{valkey_url}/2") as counts, redis.Redis.from_url(f"{valkey_url}/0") as others:
            deadline = time.monotonic() + 10
            while counted(counts, person.username) < 3 and time.monotonic() < deadline:
                time.sleep(0.05)
            assert counted(counts, person.username) == 3
            assert counted(others, person.username) == 0


@promise("7.1-redis-lost")
def test_without_redis_limits_go_on_and_nobody_fails(start_api: StartApi) -> None:
    with start_api(THREE, REDIS_URL=f"redis://127.0.0.1:{free_port()}").client() as client:
        started = time.monotonic()
        assert allowed(client, Cell(3, None, READS), log_in(client, "admin")) == 3
        assert allowed(client, Cell(3, "user", READS), log_in(client, "admin")) == 3
        assert time.monotonic() - started < 5
