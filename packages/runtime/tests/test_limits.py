"""What a service asks of its limits: may this caller do that once more, and what is left?"""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from limits import RateLimitItem, parse
from prometheus_client import CollectorRegistry
from pydantic import TypeAdapter, ValidationError

from runtime import problems
from runtime.edge import Edge
from runtime.limits import Quota, Rate, RateLimitExceeded, RateLimits, quota_headers
from runtime.metrics import Metrics

Call = Callable[..., Awaitable[Any]]
THREE = parse("3/minute")


@pytest.fixture
def limits(metrics: Metrics, clock: Any) -> RateLimits:
    return RateLimits(enabled=True, redis_url=None, decisions=metrics.limited)


def quota_of(limits: RateLimits, limit: RateLimitItem = THREE, policy: str = "read", key: str = "anna") -> Quota:
    """Count one request that is allowed and return what is left."""
    scope: dict[str, Any] = {}
    limits.count(scope, policy, limit, key)
    quota = scope["quota"]
    assert isinstance(quota, Quota)
    return quota


def refusal_of(
    limits: RateLimits, limit: RateLimitItem = THREE, policy: str = "read", key: str = "anna"
) -> tuple[RateLimitExceeded, Quota]:
    """Count one request that is one too many."""
    scope: dict[str, Any] = {}
    with pytest.raises(RateLimitExceeded) as refusal:
        limits.count(scope, policy, limit, key)
    return refusal.value, scope["quota"]


def decisions(registry: CollectorRegistry, policy: str, allowed: str) -> float | None:
    return registry.get_sample_value("rate_limit_decisions_total", {"policy": policy, "allowed": allowed})


def test_as_many_as_the_limit_pass_and_one_more_does_not(limits: RateLimits) -> None:
    assert [quota_of(limits).remaining for _ in range(3)] == [2, 1, 0]
    refusal_of(limits)
    refusal_of(limits)


def test_a_quota_says_what_is_left_and_until_when(limits: RateLimits, clock: Any) -> None:
    clock.now = 1000 * 60 + 20.5
    quota = quota_of(limits)
    assert quota == Quota(policy="read", amount=3, window_seconds=60, remaining=2, reset_seconds=40)


def test_a_refusal_says_which_limit_and_when_to_try_again(limits: RateLimits, clock: Any) -> None:
    clock.now = 1000 * 60 + 20.5
    for _ in range(3):
        quota_of(limits)
    error, quota = refusal_of(limits)
    assert (error.status, error.kind) == (429, "urn:problem:rate-limit-exceeded")
    assert error.detail == str(error) == "Rate limit exceeded: 3 per 1 minute"
    assert error.headers == {"Retry-After": "40"}
    assert quota == Quota("read", 3, 60, 0, 40)


def test_a_refusal_without_words_has_some() -> None:
    assert RateLimitExceeded().detail == "Rate limit exceeded"


@pytest.mark.parametrize(
    ("second", "reset"), [(0.0, 60), (0.001, 60), (30.2, 30), (58.0, 2), (59.0, 1), (59.5, 1), (59.999, 1)]
)
def test_the_time_to_wait_is_rounded_up(limits: RateLimits, clock: Any, second: float, reset: int) -> None:
    clock.now = 1000 * 60 + second
    assert quota_of(limits).reset_seconds == reset


def test_a_window_that_ends_while_it_is_counted_in_still_means_a_second(
    limits: RateLimits, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([1000 * 60 + 59.999])
    monkeypatch.setattr("runtime.limits.time", lambda: next(moments, 1001 * 60 + 5.0))
    assert quota_of(limits).reset_seconds == 1


def test_the_next_window_begins_anew(limits: RateLimits, clock: Any) -> None:
    clock.now = 1000 * 60 + 30.0
    for _ in range(3):
        quota_of(limits)
    clock.now = 1000 * 60 + 59.999
    refusal_of(limits)
    clock.now = 1001 * 60.0
    assert quota_of(limits) == Quota("read", 3, 60, 2, 60)


def test_longer_windows_are_whole_windows(limits: RateLimits, clock: Any) -> None:
    clock.now = 1000 * 120 + 50.0
    assert quota_of(limits, parse("5/2 minutes")) == Quota("read", 5, 120, 4, 70)


def test_callers_policies_and_limits_are_counted_apart(limits: RateLimits) -> None:
    for _ in range(3):
        quota_of(limits)
    assert quota_of(limits, key="bert").remaining == 2
    assert quota_of(limits, policy="write").remaining == 2
    assert quota_of(limits, parse("4/minute")).remaining == 3
    refusal_of(limits)


def test_a_limit_of_nothing_lets_nobody_pass(limits: RateLimits) -> None:
    _, quota = refusal_of(limits, parse("0/minute"))
    assert quota.remaining == 0


def test_two_processes_without_redis_count_apart(limits: RateLimits, metrics: Metrics) -> None:
    other = RateLimits(enabled=True, redis_url=None, decisions=metrics.limited)
    for _ in range(3):
        quota_of(limits)
    assert quota_of(other).remaining == 2


def test_decisions_are_counted_by_policy(limits: RateLimits, metrics: Metrics) -> None:
    for _ in range(3):
        quota_of(limits)
    for _ in range(2):
        refusal_of(limits)
    quota_of(limits, policy="write")
    assert decisions(metrics.registry, "read", "true") == 3.0
    assert decisions(metrics.registry, "read", "false") == 2.0
    assert decisions(metrics.registry, "write", "true") == 1.0
    assert decisions(metrics.registry, "write", "false") is None


def test_disabled_limits_let_everybody_pass_and_say_nothing(metrics: Metrics) -> None:
    limits = RateLimits(enabled=False, redis_url=None, decisions=metrics.limited)
    scope: dict[str, Any] = {}
    for _ in range(10):
        limits.count(scope, "read", THREE, "anna")
    assert scope == {}
    assert decisions(metrics.registry, "read", "true") is None


STRANGE = {
    "RATELIMIT_ENABLED": "false",
    "RATELIMIT_STORAGE_URL": "memory://",
    "RATELIMIT_STRATEGY": "moving-window",
    "RATELIMIT_DEFAULT": "1/day",
}


@pytest.mark.parametrize("place", ["environment", "dotenv"])
def test_the_librarys_own_settings_change_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, metrics: Metrics, clock: Any, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if place == "dotenv":
        (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in STRANGE.items()))
    for name, value in STRANGE.items() if place == "environment" else ():
        monkeypatch.setenv(name, value)
    limits = RateLimits(enabled=True, redis_url=None, decisions=metrics.limited)
    assert [quota_of(limits).remaining for _ in range(3)] == [2, 1, 0]
    refusal_of(limits)


def test_a_quota_is_two_headers() -> None:
    assert quota_headers(Quota("read", 60, 30, 59, 12)) == [
        (b"ratelimit-policy", b'"read";q=60;w=30'),
        (b"ratelimit", b'"read";r=59;t=12'),
    ]


async def test_a_caller_sees_the_quota_and_the_refusal(
    call: Call, limits: RateLimits, metrics: Metrics, clock: Any
) -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    async def route(request: Request) -> str:
        limits.count(request.scope, "read", parse("1/minute"), "anna")
        return "passed"

    app.add_middleware(Edge, metrics=metrics, max_body_bytes=1, headers={})
    passed, refused = await call(app), await call(app)
    assert (passed.status, passed.all("ratelimit")) == (200, ['"read";r=0;t=30'])
    assert passed.all("retry-after") == []
    assert refused.status == 429
    assert refused.all("ratelimit-policy") == ['"read";q=1;w=60']
    assert refused.all("ratelimit") == ['"read";r=0;t=30']
    assert refused.all("retry-after") == ["30"]
    body = json.loads(refused.body)
    assert (body["type"], body["title"]) == ("urn:problem:rate-limit-exceeded", "Too Many Requests")


RATE: TypeAdapter[str] = TypeAdapter(Rate)


@pytest.mark.parametrize("text", ["60/minute", "10/second", "1000/hour", "1 per day", "5 per 2 hours", "100/5 minutes"])
def test_a_rate_is_taken_as_it_is_written(text: str) -> None:
    assert RATE.validate_python(text) == text


@pytest.mark.parametrize("text", ["", "often", "60", "60/", "/minute", "60/fortnight", "-1/minute", "1.5/minute"])
def test_what_is_no_rate_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        RATE.validate_python(text)
    (error,) = refusal.value.errors()
    assert error["msg"] == "Value error, not a rate limit: write it like 60/minute or 10/second"


@pytest.mark.parametrize("text", ["60/minute; 10/second", "60/minute,1000/day"])
def test_several_rates_in_one_are_refused_rather_than_all_but_the_first_forgotten(text: str) -> None:
    with pytest.raises(ValidationError, match="not a rate limit"):
        RATE.validate_python(text)
