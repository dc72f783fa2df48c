"""Everything real that the cases need: an API whose people have routines, and coaches beside it, one for each model."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from devstack.postgres import Postgres
from devstack.valkey import Valkey
from services.ai_coach.evals.cases import NOBODY, routines
from services.ai_coach.evals.injections import injections
from tests.databases import new_database
from tests.people import log_in, new_person
from tests.processes import Api, Coach
from training.model import Exercise

ACCOUNT, PASSWORD = "ai-coach", "the coach's password"
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
KEYS = ("ANTHROPIC_", "OPENAI_")  # what a vendor's client reads, passed on to a coach with a real model
VARIABLES = {
    "AI_COACH_USERNAME": ACCOUNT,
    "AI_COACH_PASSWORD": PASSWORD,
    "AI_DAILY_TOKEN_BUDGET": "0",
    "AI_DAILY_TOKEN_BUDGET_USER": "0",
    "AI_COACH_CONTEXT_TIMEOUT": "20",  # on a busy machine, too, every case is about its routine
}


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs, and who may ask: headers by the routine's owner."""

    api: Api
    folder: Path
    redis_url: str
    headers: Mapping[str, dict[str, str]]

    @contextmanager
    def coaches(self, models: Mapping[str, Mapping[str, str]]) -> Iterator[dict[str, Coach]]:
        """Running coaches, by subject; the values are the settings of their models."""
        with ExitStack() as stack:
            threads = stack.enter_context(ThreadPoolExecutor())  # a process ends with the thread that started it
            made = {}
            for subject, settings in models.items():
                variables = {**VARIABLES, "WORKOUT_API_URL": self.api.url, "REDIS_URL": self.redis_url, **settings}
                made[subject] = Coach(self.folder / f"coach-{uuid4().hex[:8]}.log", variables)
                stack.callback(made[subject].stop)
            list(threads.map(Coach.start, made.values()))
            yield made


@contextmanager
def stage(folder: Path, postgres_url: str, redis_url: str) -> Iterator[Stage]:
    """An API in which everybody of `routines.toml` has an account, and so has every hostile exercise name."""
    accounts = folder / "accounts"
    accounts.mkdir()
    (accounts / ACCOUNT).write_text(PASSWORD, encoding="utf-8")
    with new_database(postgres_url) as database:
        variables = {"DATABASE_URL": database, "API_ACCESS": "private", "API_SERVICE_ACCOUNTS_DIR": str(accounts)}
        api = Api(folder / "api.log", variables)
        try:
            api.start()
            with api.client() as client:
                headers = _people(client)
            yield Stage(api, folder, redis_url, headers)
        finally:
            api.stop()


@contextmanager
def servers(folder: Path) -> Iterator[tuple[str, str]]:
    """(URL of a PostgreSQL, URL of a Valkey) that hold nothing yet and are gone afterwards."""
    folder.chmod(0o755)  # as root, PostgreSQL runs under another account
    with (
        Postgres(folder / "pg", settings=FAST, createdb=True, keep=False) as postgres,
        Valkey(folder / "valkey") as valkey,
    ):
        yield postgres.url, valkey.url


def vendor_keys() -> dict[str, str]:
    """The variables that give access to a model."""
    return {name: value for name, value in os.environ.items() if name.startswith(KEYS)}


def _people(client: httpx.Client) -> dict[str, dict[str, str]]:
    admin = log_in(client, "admin")
    named = {attempt.name: (Exercise(attempt.text, 3, 8),) for attempt in injections() if attempt.place == "name"}
    headers: dict[str, dict[str, str]] = {NOBODY: {}}
    for owner, lines in (routines() | named).items():
        headers[owner] = new_person(client, admin).headers
        for line in lines:
            body = {"name": line.name, "sets": line.sets, "reps": line.reps, "workout_day": line.workout_day}
            answer = client.post("/exercises", json=body | {"weight": line.weight}, headers=headers[owner])
            answer.raise_for_status()
    return headers
