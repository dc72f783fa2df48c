"""Metrics: the series every service has, and the format in which Prometheus gets them."""

from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from runtime.metrics import SECONDS, Metrics


def samples(metrics: Metrics, name: str) -> list[Sample]:
    """All samples of the family `name`, read back from what Prometheus would get."""
    text = bytes(metrics.exposition().body).decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}  # type: ignore[no-untyped-call]
    return list(families[name].samples)


def test_the_exposition_is_openmetrics(metrics: Metrics) -> None:
    answer = metrics.exposition()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert bytes(answer.body).endswith(b"# EOF\n")


def test_what_runs_here_is_a_metric(metrics: Metrics) -> None:
    (info,) = samples(metrics, "build_info")
    assert (info.labels, info.value) == ({"service": "tests", "version": "1.2.3"}, 1.0)


def test_every_family_is_described(metrics: Metrics) -> None:
    text = bytes(metrics.exposition().body).decode()
    assert {line for line in text.splitlines() if line.startswith("# HELP") and "_" in line} >= {
        "# HELP build_info What runs here",
        "# HELP http_server_request_duration_seconds Time from a request's first byte to its answer's last",
        "# HELP http_server_active_requests Requests being answered",
        "# HELP rate_limit_decisions Requests counted by a rate limit",
    }


def test_the_process_its_platform_and_its_garbage_are_measured(metrics: Metrics) -> None:
    assert samples(metrics, "process_resident_memory_bytes")[0].value > 1_000_000
    assert samples(metrics, "python_info")[0].labels["implementation"]
    assert samples(metrics, "python_gc_collections")


def test_durations_fall_into_the_advised_buckets(metrics: Metrics) -> None:
    metrics.requests.labels("/exercises", "GET", "200").observe(0.03)
    found = samples(metrics, "http_server_request_duration_seconds")
    labels = {"http_route": "/exercises", "http_request_method": "GET", "http_response_status_code": "200"}
    buckets = {s.labels["le"]: s.value for s in found if s.name.endswith("_bucket")}
    assert buckets == {str(limit): float(limit > 0.03) for limit in SECONDS} | {"+Inf": 1.0}
    assert SECONDS == (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
    (total,) = (s for s in found if s.name.endswith("_sum"))
    assert (total.labels, total.value) == (labels, 0.03)


def test_running_requests_and_decisions_are_counted(metrics: Metrics) -> None:
    metrics.active_requests.inc(2)
    metrics.limited.labels("read", "true").inc()
    assert samples(metrics, "http_server_active_requests")[0].value == 2.0
    decision = samples(metrics, "rate_limit_decisions")[0]
    assert decision.name == "rate_limit_decisions_total"
    assert (decision.labels, decision.value) == ({"policy": "read", "allowed": "true"}, 1.0)


def test_two_applications_in_a_process_share_no_series(metrics: Metrics) -> None:
    other = Metrics("other", "9")
    other.requests.labels("/x", "GET", "200").observe(1)
    other.active_requests.inc()
    assert samples(metrics, "http_server_request_duration_seconds") == []
    assert samples(metrics, "http_server_active_requests")[0].value == 0.0
