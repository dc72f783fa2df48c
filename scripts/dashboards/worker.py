"""The Worker and the CronJobs. Runs count wherever they took place, and every worker tells the same: the maximum."""

from scripts.dashboards.grafana import Dashboard, Panel, Query, Row

OURS = '{namespace="$namespace"}'
SINCE = "[$__range]"


def once(metric: str) -> str:
    """What all workers say of a task."""
    return f"max by (task) ({metric}{OURS})"


def grown(metric: str) -> str:
    """By how much a counter of runs has grown in the range that is shown."""
    return f"max by (task, outcome) (increase({metric}{OURS}{SINCE}))"


TASKS = (
    Panel(
        "Since the last success",
        "How long ago a run of each task was done, in a worker or a CronJob. A task that never was is left out.",
        "s",
        (Query(f"time() - ({once('worker_last_success_timestamp_seconds')} > 0)", "{{task}}"),),
        kind="stat",
        width=12,
    ),
    Panel(
        "Duration of the last run",
        "How long the last run of each task took.",
        "s",
        (Query(once("worker_last_run_duration_seconds"), "{{task}}"),),
        kind="stat",
        width=12,
    ),
    Panel(
        "Runs",
        "Runs since the first point that is shown, by outcome. `already_running` is one that found another at work.",
        "short",
        (Query(grown("worker_runs_total"), "{{task}} {{outcome}}"),),
        width=12,
    ),
    Panel(
        "Items",
        "What runs have worked on since the first point that is shown: exercises, questions, keys.",
        "short",
        (Query(grown("worker_items_total"), "{{task}} {{outcome}}"),),
        width=12,
    ),
)
QUEUE = (
    Panel(
        "Queue",
        "Jobs that wait or are being worked on.",
        "short",
        (Query(f"max(worker_queue_depth{OURS})", "jobs"),),
    ),
    Panel(
        "Oldest job",
        "For how long the oldest job has been due. A warm-up may take an hour; what stands longer is stuck.",
        "s",
        (Query(f"max(worker_oldest_job_age_seconds{OURS})", "oldest"),),
    ),
    Panel(
        "Time in runs",
        "Share of the time in which a run of the task was going on.",
        "percentunit",
        (Query(f"max by (task) (rate(worker_run_seconds_total{OURS}[1h]))", "{{task}}"),),
    ),
)
PROCESSES = (
    Panel(
        "Redis",
        "1 while a worker reaches Redis. Without it jobs wait.",
        "short",
        (Query(f"min by (instance) (worker_redis_up{OURS})", "{{instance}}"),),
        most=1,
    ),
    Panel(
        "Memory",
        "Resident memory of each worker.",
        "bytes",
        (Query('process_resident_memory_bytes{namespace="$namespace", job="workout-worker"}', "{{instance}}"),),
    ),
    Panel(
        "Processor",
        "Processor cores that each worker uses.",
        "short",
        (
            Query(
                'rate(process_cpu_seconds_total{namespace="$namespace", job="workout-worker"}[$__rate_interval])',
                "{{instance}}",
            ),
        ),
    ),
)
DASHBOARD = Dashboard(
    name="worker",
    title="Worker and CronJobs",
    description="When each task last succeeded and how long it took, wherever it ran, and what waits in the queue.",
    rows=(Row("Tasks", TASKS), Row("Queue", QUEUE), Row("Worker processes", PROCESSES)),
)
