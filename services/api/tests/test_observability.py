"""What a request leaves behind: metrics of few series, and one line in the log without any secret."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from api.exercises import queries
from api.settings import RateLimitSettings

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
SQUAT = {"name": "Squat", "sets": 3, "reps": 5}
DURATION = "http_server_request_duration_seconds"
# By OpenTelemetry, for HTTP.
ADVISED = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
Labels = dict[str, str]


async def samples(client: httpx.AsyncClient, name: str) -> list[tuple[Labels, float]]:
    """Every sample of one name, as Prometheus would read it."""
    text = (await client.get("/metrics")).text
    families = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    return [(s.labels, s.value) for family in families for s in family.samples if s.name == name]


async def counted(client: httpx.AsyncClient) -> dict[tuple[str, str, str], float]:
    """Requests by route, method and status."""
    names = ("http_route", "http_request_method", "http_response_status_code")
    found = await samples(client, f"{DURATION}_count")
    return {(labels[names[0]], labels[names[1]], labels[names[2]]): value for labels, value in found}


async def test_requests_are_counted_by_the_template_of_their_route(
    make_client: MakeClient, make_user: MakeUser
) -> None:
    admin = await make_user("root", role="admin")
    client = await make_client()
    exercise = (await client.post("/exercises", json=SQUAT)).json()["id"]
    requests = [
        ("GET", f"/exercises/{exercise}", "/exercises/{exercise_id}", "200"),
        ("GET", "/exercises/2147483647", "/exercises/{exercise_id}", "404"),
        ("GET", "/exercises/x", "/exercises/{exercise_id}", "422"),
        ("GET", "/exercises?page=3", "/exercises", "200"),
        ("GET", "/exercises/export", "/exercises/export", "200"),
        ("DELETE", f"/exercises/{exercise}", "/exercises/{exercise_id}", "204"),
        ("PATCH", "/admin/users/nobody", "/admin/users/{username}", "422"),
        ("DELETE", "/admin/exercises/1", "/admin/exercises/{exercise_id}", "404"),
        ("GET", "/auth/me", "/auth/me", "200"),
        ("GET", "/", "/", "200"),
        ("GET", "/livez", "/livez", "200"),
    ]
    for method, path, _, _ in requests:
        await client.request(method, path, headers=admin)
    expected = {("/exercises", "POST", "201"): 1.0}
    for method, _, route, status in requests:
        expected[route, method, status] = expected.get((route, method, status), 0) + 1
    assert await counted(client) == expected


async def test_two_thousand_paths_that_are_not_there_are_one_series(client: httpx.AsyncClient) -> None:
    await client.get("/nowhere")
    before = await counted(client)
    logging.getLogger("access").setLevel(logging.WARNING)
    for number in range(2000):
        prefix = ("/", "/exercises/", "/exercises/1/", "/admin/users/", "/auth/", "/docs/")[number % 6]
        await client.get(f"{prefix}{uuid4()}")
    logging.getLogger("access").setLevel(logging.NOTSET)
    after = await counted(client)
    assert sum(after.values()) - sum(before.values()) == 2001  # with the question for the metrics
    new = set(after) - set(before)
    assert {route for route, _, _ in new} <= {
        "unmatched",
        "/exercises/{exercise_id}",
        "/admin/users/{username}",
        "/metrics",
    }
    assert len(new) <= 4


async def test_methods_that_nobody_knows_are_one_series(make_client: MakeClient) -> None:
    client = await make_client()
    for number in range(50):
        answer = await client.request(f"METHOD{number}", "/exercises")
        assert answer.status_code == 405
    ((labels, count),) = (await counted(client)).items()
    assert (labels[1:], count) == (("_OTHER", "405"), 50)


async def test_a_bug_of_ours_is_counted_as_a_500(make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await make_client()
    monkeypatch.setattr(queries, "page", None)
    assert (await client.get("/exercises")).status_code == 500
    assert await counted(client) == {("/exercises", "GET", "500"): 1.0}


async def test_durations_are_measured_in_seconds(make_client: MakeClient, sql: asyncpg.Connection) -> None:
    client = await make_client()
    await client.get("/health")
    ((_, seconds),) = await samples(client, f"{DURATION}_sum")
    assert 0 < seconds < 5
    buckets = [labels["le"] for labels, _ in await samples(client, f"{DURATION}_bucket")]
    assert buckets[:15] == [*map(str, ADVISED), "+Inf"]


async def test_the_limits_decisions_are_counted(make_client: MakeClient) -> None:
    client = await make_client(rate_limits=RateLimitSettings.model_validate({"read_anonymous": "2/hour"}))
    for _ in range(5):
        await client.get("/exercises")
    await client.get("/")
    found = {tuple(sorted(labels.items())): n for labels, n in await samples(client, "rate_limit_decisions_total")}
    assert found == {
        (("allowed", "true"), ("policy", "read")): 2.0,
        (("allowed", "false"), ("policy", "read")): 3.0,
        (("allowed", "true"), ("policy", "public")): 1.0,
    }


async def test_both_pools_can_be_watched(make_client: MakeClient, make_user: MakeUser) -> None:
    headers = await make_user("anna")
    client = await make_client(pool_size=2)
    states = [("reads", "open"), ("reads", "idle"), ("sessions", "used")]
    found = await samples(client, "db_client_connections")
    assert found == [({"pool": pool, "state": state}, 0.0) for pool, state in states]
    assert (await client.get("/auth/me", headers=headers)).status_code == 200
    assert [value for _, value in await samples(client, "db_client_connections")] == [1.0, 1.0, 0.0]
    most = [({"pool": "reads"}, 2.0), ({"pool": "sessions"}, 1.0)]
    assert await samples(client, "db_client_connections_max") == most


async def test_who_waits_for_a_connection_and_who_waited_in_vain_is_counted(
    make_client: MakeClient, sql: asyncpg.Connection
) -> None:
    client = await make_client(pool_size=1)
    async with sql.transaction():
        await sql.execute("LOCK TABLE exercises IN ACCESS EXCLUSIVE MODE")
        asking = [asyncio.create_task(client.get("/exercises")) for _ in range(3)]
        for _ in range(1000):
            if (found := await samples(client, "db_client_pending_requests")) != [({}, 0.0)]:
                break
            await asyncio.sleep(0)
        answers = await asyncio.gather(*asking)
    assert found[0][1] in (1.0, 2.0), "one has the only connection"
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert await samples(client, "db_client_unavailable_total") == [({}, 3.0)]
    assert await samples(client, "db_client_pending_requests") == [({}, 0.0)]


async def test_the_request_that_asks_is_the_only_active_one(make_client: MakeClient) -> None:
    client = await make_client()
    await client.get("/health")
    assert await samples(client, "http_server_active_requests") == [({}, 1.0)]


# The log


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The access log's lines, by field."""
    wanted = ("method", "route", "status", "user", "client")
    found = [record for record in caplog.records if record.name == "access"]
    return [{name: getattr(record, name) for name in wanted} | {"text": record.getMessage()} for record in found]


async def test_every_request_leaves_one_line(
    make_client: MakeClient, make_user: MakeUser, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await make_user("Anna")
    client = await make_client()
    caplog.set_level(logging.INFO, "access")
    caplog.clear()
    await client.get("/exercises/2147483647?secret=canary")
    await client.get("/auth/me", headers=anna)
    await client.get("/nowhere/at/all")
    await client.get("/auth/me", headers={"Authorization": "Bearer nonsense"})
    monkeypatch.setattr(queries, "page", None)
    await client.get("/exercises", headers=anna)
    expected = [
        ("GET", "/exercises/{exercise_id}", 404, None, "GET /exercises/2147483647 404"),
        ("GET", "/auth/me", 200, "Anna", "GET /auth/me 200"),
        ("GET", "unmatched", 404, None, "GET /nowhere/at/all 404"),
        ("GET", "/auth/me", 401, None, "GET /auth/me 401"),
        ("GET", "/exercises", 500, "Anna", "GET /exercises 500"),
    ]
    names = ("method", "route", "status", "user", "text")
    assert lines(caplog) == [dict(zip(names, line, strict=True)) | {"client": "192.0.2.1"} for line in expected]


async def test_the_log_names_the_client_behind_a_trusted_proxy(
    make_client: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    client = await make_client(trusted_proxies=("192.0.2.1",))
    caplog.set_level(logging.INFO, "access")
    caplog.clear()
    await client.get("/exercises", headers={"X-Forwarded-For": "198.51.100.9, 203.0.113.5"})
    assert [line["client"] for line in lines(caplog)] == ["203.0.113.5"]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
async def test_probes_do_not_drown_the_log(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    caplog.set_level(logging.INFO, "access")
    await client.get(path)
    assert path not in [line["route"] for line in lines(caplog)]
    caplog.set_level(logging.DEBUG, "access")
    await client.get(path)
    assert path in [line["route"] for line in lines(caplog)]
