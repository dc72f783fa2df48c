"""Pages on another origin: those that are listed may call and read everything, others nothing."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from api.settings import RateLimitSettings

pytestmark = pytest.mark.anyio

MakeUser = Callable[..., Awaitable[dict[str, str]]]
MakeClient = Callable[..., Awaitable[httpx.AsyncClient]]
LISTED, ALSO, FOREIGN = "https://gym.example.org", "http://localhost:5173", "https://evil.example"
READABLE = {
    "ETag",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-Id",
    "X-Response-Time",
    "X-Total-Count",
}
SENDABLE = [
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-Trace-Id",
    "traceparent",
]


@pytest.fixture
async def called(make_client: MakeClient) -> httpx.AsyncClient:
    """An application that two origins may call."""
    return await make_client(cors_origins=(LISTED, ALSO))


async def preflight(client: httpx.AsyncClient, origin: str, method: str = "PATCH", headers: str = "") -> httpx.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = headers
    return await client.options("/exercises/1", headers=asked)


def words(answer: httpx.Response, header: str) -> set[str]:
    return {word.strip() for word in answer.headers[header].split(",")}


def permissions(answer: httpx.Response) -> list[str]:
    return [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("origin", [LISTED, ALSO])
async def test_a_listed_page_may_read_the_answer_and_its_headers(called: httpx.AsyncClient, origin: str) -> None:
    answer = await called.get("/exercises", headers={"Origin": origin})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert words(answer, "access-control-expose-headers") == READABLE
    assert "Origin" in words(answer, "vary")


async def test_what_an_answer_varies_by_is_not_lost(called: httpx.AsyncClient) -> None:
    answer = await called.get("/exercises", headers={"Origin": LISTED})
    assert {"Origin", "Authorization"} <= words(answer, "vary")


@pytest.mark.parametrize(
    "origin", [FOREIGN, "null", "https://gym.example.org.evil.example", "https://GYM.example.org:1"]
)
async def test_a_foreign_page_may_read_nothing(called: httpx.AsyncClient, origin: str) -> None:
    answer = await called.get("/exercises", headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers
    assert (await preflight(called, origin)).status_code == 400
    assert "access-control-allow-origin" not in (await preflight(called, origin)).headers


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
async def test_a_listed_page_may_use_every_method_there_is(called: httpx.AsyncClient, method: str) -> None:
    answer = await preflight(called, LISTED, method)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == LISTED
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert words(answer, "access-control-allow-methods") == {"GET", "POST", "PATCH", "DELETE"}


@pytest.mark.parametrize("method", ["PUT", "TRACE", "CONNECT", "NONSENSE"])
async def test_no_other_method_is_allowed(called: httpx.AsyncClient, method: str) -> None:
    assert (await preflight(called, LISTED, method)).status_code == 400


async def test_a_listed_page_may_send_what_our_clients_send(called: httpx.AsyncClient) -> None:
    for header in SENDABLE:
        answer = await preflight(called, LISTED, headers=header.lower())
        assert answer.status_code == 200, header
    assert set(SENDABLE) <= words(answer, "access-control-allow-headers")
    assert (await preflight(called, LISTED, headers=", ".join(SENDABLE))).status_code == 200
    assert (await preflight(called, LISTED, headers="x-forwarded-for")).status_code == 400


async def test_a_preflight_needs_no_token_and_uses_up_no_limit(make_client: MakeClient) -> None:
    limits = RateLimitSettings.model_validate({"write_anonymous": "1/hour", "read_anonymous": "1/hour"})
    client = await make_client(cors_origins=(LISTED,), access="private", rate_limits=limits)
    for _ in range(3):
        assert (await preflight(client, LISTED)).status_code == 200


async def test_errors_can_be_read_too(make_client: MakeClient) -> None:
    limits = RateLimitSettings.model_validate({"auth": "1/hour"})
    client = await make_client(cors_origins=(LISTED,), rate_limits=limits, max_body_bytes=1024)
    page = {"Origin": LISTED}
    answers = [
        await client.get("/auth/me", headers=page),
        await client.get("/exercises/0", headers=page),
        await client.get("/nowhere", headers=page),
        await client.put("/exercises", headers=page),
        await client.post("/exercises", headers=page, json={"name": "x" * 2000}),
        await client.get("/auth/me", headers=page),
    ]
    assert [answer.status_code for answer in answers] == [401, 422, 404, 405, 413, 429]
    assert {answer.headers.get("access-control-allow-origin") for answer in answers} == {LISTED}


async def test_without_a_list_no_other_origin_may_call(client: httpx.AsyncClient) -> None:
    assert permissions(await client.get("/exercises", headers={"Origin": LISTED})) == []
    answer = await preflight(client, LISTED)
    assert (answer.status_code, permissions(answer)) == (405, [])


async def test_whoever_is_no_page_is_served_as_ever(called: httpx.AsyncClient) -> None:
    answer = await called.get("/exercises")
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
