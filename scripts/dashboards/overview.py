"""Is all well? One look at every service, and at how fast the error budget goes."""

from scripts.dashboards.grafana import Dashboard, Panel, Query, Row
from scripts.dashboards.http import DURATION, PROBES, WINDOW, red

OURS = 'namespace="$namespace", job=~"workout-.*"'
PEOPLE = f'namespace="$namespace", job=~"workout-(api|ai-coach)", {PROBES}'
ALLOWED = 0.001
DOWN_IS_BAD = ((0, "red"), (1, "green"))


def _failed(window: str) -> str:
    """Share of requests that failed over a window, by service; 0 where none did."""
    total = f"sum by (job) (rate({DURATION}_count{{{PEOPLE}}}[{window}]))"
    bad = f'sum by (job) (rate({DURATION}_count{{{PEOPLE}, http_response_status_code=~"5.."}}[{window}]))'
    return f"({bad} or 0 * {total}) / {total}"


NOW = (
    Panel(
        "Processes that answer",
        "How many processes of each service Prometheus reaches.",
        "short",
        (Query(f"sum by (job) (up{{{OURS}}})", "{{job}}"),),
        kind="stat",
        width=10,
        steps=DOWN_IS_BAD,
    ),
    Panel(
        "Redis",
        "1 while the worker reaches Redis.",
        "short",
        (Query('max(worker_redis_up{namespace="$namespace"})', "up"),),
        kind="stat",
        width=4,
        steps=DOWN_IS_BAD,
    ),
    Panel(
        "Reads and writes without PostgreSQL",
        "Pieces of work an hour that PostgreSQL was away for, or too busy. They were answered with 503.",
        "short",
        (Query('sum(increase(db_client_unavailable_total{namespace="$namespace"}[1h]))', "in the last hour"),),
        kind="stat",
        width=5,
        steps=((1, "red"),),
    ),
    Panel(
        "Versions",
        "What runs here. Two versions of one service are an update that is under way, or stuck.",
        "short",
        (Query(f"count by (service, version) (build_info{{{OURS}}})", "{{service}} {{version}}"),),
        kind="stat",
        width=5,
    ),
)
BUDGET = (
    Panel(
        "Error budget left",
        "Of the 0.1 % of requests that may fail in 30 days, what is left. Below 0 the objective is missed.",
        "percentunit",
        (Query(f"1 - ({_failed('30d')}) / {ALLOWED}", "{{job}}"),),
        kind="stat",
        steps=((0, "red"), (0.5, "green")),
    ),
    Panel(
        "Burn rate",
        "How fast the budget goes. 1 uses it up in exactly 30 days; 14.4 for an hour is an alert.",
        "short",
        tuple(Query(f"({_failed(window)}) / {ALLOWED}", f"{{{{job}}}} {window}") for window in ("1h", "6h")),
        width=16,
    ),
)
RUNS = 'worker_runs_total{namespace="$namespace"}[1h]'
BAD_RUNS = 'worker_runs_total{namespace="$namespace", outcome="failed"}[1h]'
# Runs count wherever they took place, and every worker tells the same: the maximum.
WORK = (
    Panel(
        "Runs",
        "Runs of tasks in the last hour, in workers and CronJobs.",
        "short",
        (Query(f"max by (task, outcome) (increase({RUNS}))", "{{task}} {{outcome}}"),),
    ),
    Panel(
        "Failed runs",
        "Runs of the last hour that failed. The worker's log says why.",
        "short",
        (
            Query(
                f"max by (task) (increase({BAD_RUNS})) or 0 * max by (task) (increase({RUNS}))",
                "{{task}}",
            ),
        ),
    ),
    Panel(
        "Duration of runs",
        "How long the last run of each task took.",
        "s",
        (Query('max by (task) (worker_last_run_duration_seconds{namespace="$namespace"})', "{{task}}"),),
    ),
)
MACHINES = (
    Panel(
        "Processor",
        "Processor cores that each process uses.",
        "short",
        (Query(f"sum by (job, instance) (rate(process_cpu_seconds_total{{{OURS}}}{WINDOW}))", "{{job}} {{instance}}"),),
    ),
    Panel(
        "Memory",
        "Resident memory of each process.",
        "bytes",
        (Query(f"sum by (job, instance) (process_resident_memory_bytes{{{OURS}}})", "{{job}} {{instance}}"),),
    ),
    Panel(
        "Running requests",
        "Requests that are being answered at the moment. The scrape itself is one of them.",
        "short",
        (Query(f"sum by (job) (http_server_active_requests{{{OURS}}})", "{{job}}"),),
    ),
)
DASHBOARD = Dashboard(
    name="overview",
    title="Overview",
    description="Rate, errors and duration of every service, and how fast the error budget goes.",
    rows=(
        Row("Now", NOW),
        Row("Objective: 99.9 % of requests to the API and the coach are answered without 5xx", BUDGET),
        Row("Workout API", red("workout-api")),
        Row("AI Coach", red("workout-ai-coach")),
        Row("Worker: runs of tasks take the place of requests", WORK),
        Row("MCP server", red("workout-mcp")),
        Row("Processes", MACHINES),
    ),
)
