"""PostgreSQL and Redis, as their exporters see them: postgres_exporter and redis_exporter, which the chart can run."""

from scripts.dashboards.grafana import Dashboard, Panel, Query, Row

OURS = '{namespace="$namespace"}'
OWN = '{namespace="$namespace", datname!~"template.*|postgres|"}'
WINDOW = "[$__rate_interval]"
DOWN_IS_BAD = ((0, "red"), (1, "green"))


def rate(metric: str, selector: str = OURS) -> str:
    """A second."""
    return f"rate({metric}{selector}{WINDOW})"


POSTGRESQL = (
    Panel(
        "PostgreSQL",
        "1 while the exporter reaches PostgreSQL.",
        "short",
        (Query(f"min(pg_up{OURS})", "up"),),
        kind="stat",
        width=6,
        steps=DOWN_IS_BAD,
    ),
    Panel(
        "Size",
        "What the databases take on disk, indexes included.",
        "bytes",
        (Query(f"sum by (datname) (pg_database_size_bytes{OWN})", "{{datname}}"),),
        kind="stat",
        width=6,
    ),
    Panel(
        "Cache hits",
        "Share of blocks that were found in PostgreSQL's own memory. Far below 99 % it wants more of it.",
        "percentunit",
        (
            Query(
                f"sum(pg_stat_database_blks_hit{OWN})"
                f" / (sum(pg_stat_database_blks_hit{OWN}) + sum(pg_stat_database_blks_read{OWN}))",
                "hits",
            ),
        ),
        kind="stat",
        width=6,
    ),
    Panel(
        "Deadlocks of a day",
        "Transactions of the last 24 hours that PostgreSQL ended because they waited for each other.",
        "short",
        (Query(f"sum(increase(pg_stat_database_deadlocks{OWN}[24h]))", "deadlocks"),),
        kind="stat",
        width=6,
        steps=((1, "orange"),),
    ),
    Panel(
        "Connections",
        "Connections by state, and the most there may be.",
        "short",
        (
            Query(f"sum by (state) (pg_stat_activity_count{OWN}) > 0", "{{state}}"),
            Query(f"max(pg_settings_max_connections{OURS})", "most"),
        ),
    ),
    Panel(
        "Transactions",
        "Transactions a second, by how they ended.",
        "ops",
        (
            Query(f"sum({rate('pg_stat_database_xact_commit', OWN)})", "committed"),
            Query(f"sum({rate('pg_stat_database_xact_rollback', OWN)})", "rolled back"),
        ),
    ),
    Panel(
        "Longest transaction",
        "For how long the oldest running transaction has been open.",
        "s",
        (Query(f"max(pg_stat_activity_max_tx_duration{OWN})", "oldest"),),
    ),
    Panel(
        "Rows",
        "Rows a second that were read and written.",
        "ops",
        (
            Query(f"sum({rate('pg_stat_database_tup_fetched', OWN)})", "fetched"),
            Query(f"sum({rate('pg_stat_database_tup_inserted', OWN)})", "inserted"),
            Query(f"sum({rate('pg_stat_database_tup_updated', OWN)})", "updated"),
            Query(f"sum({rate('pg_stat_database_tup_deleted', OWN)})", "deleted"),
        ),
    ),
    Panel(
        "Blocks",
        "Blocks a second that came from memory and from disk.",
        "ops",
        (
            Query(f"sum({rate('pg_stat_database_blks_hit', OWN)})", "memory"),
            Query(f"sum({rate('pg_stat_database_blks_read', OWN)})", "disk"),
        ),
    ),
    Panel(
        "Locks",
        "Locks that are held, by mode.",
        "short",
        (Query(f"sum by (mode) (pg_locks_count{OWN})", "{{mode}}"),),
        stacked=True,
    ),
)
REDIS = (
    Panel(
        "Redis",
        "1 while the exporter reaches Redis.",
        "short",
        (Query(f"min(redis_up{OURS})", "up"),),
        kind="stat",
        width=6,
        steps=DOWN_IS_BAD,
    ),
    Panel(
        "Keys",
        "Keys by database: 0 answers and insights, 1 queue and runs, 2 rate limits.",
        "short",
        (Query(f"sum by (db) (redis_db_keys{OURS}) > 0", "{{db}}"),),
        kind="stat",
        width=12,
    ),
    Panel(
        "Evicted in a day",
        "Keys of the last 24 hours that were thrown out for want of memory. Jobs may be among them.",
        "short",
        (Query(f"sum(increase(redis_evicted_keys_total{OURS}[24h]))", "keys"),),
        kind="stat",
        width=6,
        steps=((1, "red"),),
    ),
    Panel(
        "Memory",
        "Memory in use, and the most there may be (0: no limit).",
        "bytes",
        (
            Query(f"sum(redis_memory_used_bytes{OURS})", "used"),
            Query(f"sum(redis_memory_max_bytes{OURS})", "most"),
        ),
    ),
    Panel(
        "Commands",
        "Commands a second, the eight most frequent.",
        "ops",
        (Query(f"topk(8, sum by (cmd) ({rate('redis_commands_total')}))", "{{cmd}}"),),
        stacked=True,
    ),
    Panel(
        "Clients",
        "Open connections, and how many of them wait in a blocking command.",
        "short",
        (
            Query(f"sum(redis_connected_clients{OURS})", "connected"),
            Query(f"sum(redis_blocked_clients{OURS})", "blocked"),
        ),
    ),
)
DASHBOARD = Dashboard(
    name="stores",
    title="PostgreSQL and Redis",
    description="Both stores as their exporters see them. Empty where the exporters do not run.",
    rows=(Row("PostgreSQL", POSTGRESQL), Row("Redis", REDIS)),
)
