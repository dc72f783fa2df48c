"""The Workout API: its routes, its limits, and its connections to PostgreSQL."""

from scripts.dashboards.grafana import Dashboard, Panel, Query, Row
from scripts.dashboards.http import DURATION, PROBES, WINDOW, of, quantile, red, requests, share

JOB = "workout-api"
BUCKETS = f"{DURATION}_bucket{of(JOB, PROBES)}"
LIMITED = "rate_limit_decisions_total"
CONNECTIONS, MOST = "db_client_connections", "db_client_connections_max"
READS, SESSIONS = 'pool="reads"', 'pool="sessions"'
OPEN = "sum(" + CONNECTIONS + of(JOB, READS, 'state="open"') + ")"
IDLE = "sum(" + CONNECTIONS + of(JOB, READS, 'state="idle"') + ")"
USED = "sum(" + CONNECTIONS + of(JOB, SESSIONS, 'state="used"') + ")"
REFUSED = 'allowed="false"'
LOGIN = 'http_route="/auth/login"', 'http_response_status_code="401"'
CONFLICT = 'http_response_status_code=~"409|412"'

ROUTES = (
    Panel(
        "Requests by route",
        "Requests a second of the ten busiest routes.",
        "reqps",
        (
            Query(
                f"topk(10, sum by (http_request_method, http_route) ({requests(JOB)}))",
                "{{http_request_method}} {{http_route}}",
            ),
        ),
        stacked=True,
    ),
    Panel(
        "Slowest routes",
        "The 95th percentile of the five routes where it is highest.",
        "s",
        (Query(f"topk(5, {quantile(0.95, BUCKETS, 'http_route')})", "{{http_route}}"),),
    ),
    Panel(
        "Reads that sent nothing again",
        "Share of answers to GET /exercises that were 304 Not Modified.",
        "percentunit",
        (
            Query(
                share(
                    requests(JOB, 'http_route="/exercises"', 'http_response_status_code="304"'),
                    requests(JOB, 'http_route="/exercises"', 'http_request_method="GET"'),
                ),
                "304",
            ),
        ),
        most=1,
    ),
)
CALLERS = (
    Panel(
        "Refused by a limit",
        "Requests a second that a rate limit refused with 429, by limit.",
        "reqps",
        (
            Query(
                f"sum by (policy) (rate({LIMITED}{of(JOB, REFUSED)}{WINDOW}))"
                f" or 0 * sum by (policy) (rate({LIMITED}{of(JOB)}{WINDOW}))",
                "{{policy}}",
            ),
        ),
    ),
    Panel(
        "Failed logins",
        "Logins a second that were refused with 401. Many of them are somebody who guesses.",
        "reqps",
        (
            Query(
                f"sum({requests(JOB, *LOGIN)}) or 0 * sum({requests(JOB)})",
                "401",
            ),
        ),
    ),
    Panel(
        "Conflicts",
        "Writes a second that were refused because somebody else had changed the exercise first (412),"
        " or because the same key was in use (409).",
        "reqps",
        (
            Query(
                f"sum({requests(JOB, CONFLICT)}) or 0 * sum({requests(JOB)})",
                "409, 412",
            ),
        ),
    ),
)
DATABASE = (
    Panel(
        "Connections for reads",
        "Connections of the plain pool in all processes: in use, open, and the most there may be.",
        "short",
        (
            Query(f"{OPEN} - {IDLE}", "in use"),
            Query(OPEN, "open"),
            Query(f"sum({MOST}{of(JOB, READS)})", "most"),
        ),
    ),
    Panel(
        "Connections for sessions",
        "Connections of the pool that writes and accounts use, in all processes.",
        "short",
        (
            Query(USED, "in use"),
            Query(f"sum({MOST}{of(JOB, SESSIONS)})", "most"),
        ),
    ),
    Panel(
        "Waiting and in vain",
        "Reads that wait for a connection, and pieces of work a second that got none or lost it (503).",
        "short",
        (
            Query(f"sum(db_client_pending_requests{of(JOB)})", "waiting"),
            Query(f"sum(rate(db_client_unavailable_total{of(JOB)}{WINDOW}))", "in vain, a second"),
        ),
    ),
)
DASHBOARD = Dashboard(
    name="api",
    title="Workout API",
    description="The API's routes, limits, and connections to PostgreSQL.",
    rows=(
        Row("Rate, errors, duration", red(JOB)),
        Row("Routes", ROUTES),
        Row("Callers", CALLERS),
        Row("PostgreSQL, as the API sees it", DATABASE),
    ),
)
