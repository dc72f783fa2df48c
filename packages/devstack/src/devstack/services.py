"""The description of a service, and the table of all there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FRONTEND = Path(__file__).parents[4] / "services" / "frontend"


@dataclass(frozen=True)
class Service:
    """A process that serves HTTP once it is ready.

    `command`, `prepare` (run to its end before any service starts) and `migrate` (what `devstack migrate` runs) are
    looked up beside the Python that runs us, unless they are given with their whole path.
    `environment` counts where a variable is not set otherwise; `{data_dir}`, `{service_accounts}` and the URL of any
    service, by its name, may stand in a value: `{"WORKER_API_URL": "{api}"}`.
    """

    name: str
    command: tuple[str, ...]
    port_variable: str
    port: int
    host_variable: str
    ready_path: str
    prepare: tuple[str, ...] = ()
    migrate: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


SERVICES = (
    Service(
        name="api",
        # One process for both: starting Python twice would take twice as long.
        command=("workout-api", "serve", "--migrate"),
        migrate=("workout-api", "migrate"),
        port_variable="API_PORT",
        port=8000,
        host_variable="API_HOST",
        ready_path="/readyz",
        environment={"API_SERVICE_ACCOUNTS_DIR": "{service_accounts}", "API_TRUSTED_PROXIES": "127.0.0.1"},
    ),
    Service(
        name="ai-coach",
        command=("workout-ai-coach", "serve"),
        port_variable="AI_COACH_PORT",
        port=8001,
        host_variable="AI_COACH_HOST",
        ready_path="/readyz",
        environment={
            "WORKOUT_API_URL": "{api}",
            "AI_COACH_USERNAME": "ai-coach",
            "AI_COACH_PASSWORD_FILE": "{service_accounts}/ai-coach",
            "AI_COACH_TRUSTED_PROXIES": "127.0.0.1",
        },
    ),
    Service(
        name="worker",
        command=("workout-worker", "serve"),
        port_variable="WORKER_WORKER__HEALTH_PORT",
        port=8002,
        host_variable="WORKER_WORKER__HEALTH_HOST",
        ready_path="/readyz",
        environment={
            "WORKER_API_CLIENT__WORKOUT_API_URL": "{api}",
            "WORKER_API_CLIENT__AI_COACH_URL": "{ai-coach}",
            "WORKER_API_CLIENT__USERNAME": "worker",
            "WORKER_API_CLIENT__PASSWORD_FILE": "{service_accounts}/worker",
            # Less than a run grants its services; what does not end in time is run again at the next start.
            "WORKER_WORKER__SHUTDOWN": "1",
        },
    ),
    Service(
        name="mcp",
        command=("workout-mcp", "--http"),
        port_variable="MCP_PORT",
        port=8003,
        host_variable="MCP_HOST",
        ready_path="/readyz",
        environment={
            "WORKOUT_API_URL": "{api}",
            "AI_COACH_URL": "{ai-coach}",
            "WORKOUT_USERNAME": "mcp",
            "WORKOUT_PASSWORD_FILE": "{service_accounts}/mcp",
            "MCP_TRUSTED_PROXIES": "127.0.0.1",
        },
    ),
    Service(
        name="frontend",
        command=(str(FRONTEND / "serve"),),
        port_variable="FRONTEND_PORT",
        port=3000,
        host_variable="FRONTEND_HOST",
        ready_path="/",
        environment={"FRONTEND_API_URL": "{api}", "FRONTEND_AI_COACH_URL": "{ai-coach}"},
    ),
)
