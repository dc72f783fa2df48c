"""What is asked of every service that speaks HTTP: rate, errors, duration."""

from scripts.dashboards.grafana import Panel, Query

DURATION = "http_server_request_duration_seconds"
PROBES = 'http_route!~"/livez|/readyz|/metrics"'
WINDOW = "[$__rate_interval]"
QUANTILES = (0.5, 0.95, 0.99)


def of(job: str, *more: str) -> str:
    """A selector: `{namespace="…", job="…", …}`."""
    return "{" + ", ".join(('namespace="$namespace"', f'job="{job}"', *more)) + "}"


def requests(job: str, *more: str) -> str:
    """Requests of people a second, by series."""
    return f"rate({DURATION}_count{of(job, PROBES, *more)}{WINDOW})"


def share(part: str, whole: str) -> str:
    """A part of a whole, 0 where there is no part."""
    return f"(sum({part}) or 0 * sum({whole})) / sum({whole})"


def quantile(q: float, buckets: str, by: str = "") -> str:
    """`buckets` is the selector of a histogram's buckets, with its name."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({q}, sum by ({labels}) (rate({buckets}{WINDOW})))"


def red(job: str) -> tuple[Panel, Panel, Panel]:
    """The three panels."""
    rate = Panel(
        "Requests",
        "Requests a second by status. Probes and scrapes are left out.",
        "reqps",
        (Query(f"sum by (http_response_status_code) ({requests(job)})", "{{http_response_status_code}}"),),
        stacked=True,
    )
    errors = Panel(
        "Errors",
        "Share of requests that were answered with 5xx. The objective allows 0.1 % over 30 days.",
        "percentunit",
        (Query(share(requests(job, 'http_response_status_code=~"5.."'), requests(job)), "5xx"),),
    )
    buckets = f"{DURATION}_bucket{of(job, PROBES)}"
    duration = Panel(
        "Duration",
        "How long requests take, from the first byte of the request to the last byte of the answer.",
        "s",
        tuple(Query(quantile(q, buckets), f"p{q * 100:.0f}") for q in QUANTILES),
    )
    return rate, errors, duration
