"""What several services need to find each other: service accounts, addresses, and a routine to work on."""

from pathlib import Path

from tests.databases import sql
from tests.processes import Api

PASSWORD = "a-password-of-a-service"


def accounts(folder: Path) -> dict[str, str]:
    """Password files of the service accounts, as settings of an API."""
    folder.mkdir(exist_ok=True)
    for name in ("ai-coach", "worker"):
        (folder / name).write_text(PASSWORD, encoding="utf-8")
    return {"API_SERVICE_ACCOUNTS_DIR": str(folder)}


def for_coach(redis_url: str) -> dict[str, str]:
    """Settings of a coach."""
    return {
        "REDIS_URL": redis_url,
        "AI_COACH_USERNAME": "ai-coach",
        "AI_COACH_PASSWORD": PASSWORD,
        "AI_COACH_CONTEXT_TIMEOUT": "20",
    }


def for_worker(api_url: str, redis_url: str, coach_url: str = "http://127.0.0.1:1") -> dict[str, str]:
    """Settings of a worker."""
    return {
        "WORKER_API_CLIENT__WORKOUT_API_URL": api_url,
        "WORKER_API_CLIENT__AI_COACH_URL": coach_url,
        "WORKER_API_CLIENT__USERNAME": "worker",
        "WORKER_API_CLIENT__PASSWORD": PASSWORD,
        "REDIS_URL": redis_url,
        "LOG_FORMAT": "json",
    }


def fill(api: Api, total: int) -> None:
    """Let all routines together have `total` exercises, each of them another one."""
    sql(
        api.variables["DATABASE_URL"],
        "INSERT INTO exercises (routine_id, name, sets, reps, weight, workout_day) "
        "SELECT r.id, 'Bench Press ' || n, 3, 1 + n % 20, n, 'A' FROM routines r, generate_series(1, "
        "$1 - (SELECT count(*) FROM exercises)) n WHERE r.owner_id IS NULL",
        total,
    )
