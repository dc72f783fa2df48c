#!/usr/bin/env python3
"""Refresh every exercise now, and watch it: what the worker does each hour, with a line for each exercise.

Reads API_URL, REDIS_URL, WORKOUT_USERNAME and WORKOUT_PASSWORD. Exit status: 0 done, 1 failed, 75 already running.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

from pydantic import ValidationError

from devstack.urls import NOT_A_URL, without_password
from ledger.jobs import new_id
from ledger.runs import Run
from runtime.logs import printable
from tracker_client import Exercise
from worker.jobs.runs import run
from worker.jobs.tasks import Result, tasks
from worker.refresh.shelf import Shelf
from worker.refresh.task import Fate, read, refresh
from worker.resources import Resources, open_resources
from worker.settings import WorkerSettings

log = logging.getLogger("refresh")

RULE = "=" * 60
EXIT = {"done": 0, "failed": 1, "already_running": 75}


class Bar(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes log lines to standard output and keeps, in a terminal, a bar below them."""

    def __init__(self) -> None:
        super().__init__(sys.stdout)
        self.setFormatter(logging.Formatter("%(asctime)s - %(levelname)s - %(message)s", "%Y-%m-%d %H:%M:%S"))
        self._shown = sys.stdout.isatty()
        self._done = self._total = 0

    def emit(self, record: logging.LogRecord) -> None:
        """The line, in the place of the bar, and the bar below it."""
        if self._shown and self._total:
            self.stream.write("\r\x1b[K")
        super().emit(record)
        self._draw()

    def show(self, done: int, total: int) -> None:
        """How far it is; a total of 0 takes the bar away."""
        self._done, self._total = done, total
        if self._shown and not total:
            self.stream.write("\r\x1b[K")
        self._draw()

    def _draw(self) -> None:
        if self._shown and self._total:
            filled = 40 * self._done // self._total
            self.stream.write(f"\r[{'#' * filled}{'.' * (40 - filled)}] {self._done}/{self._total}")
            self.stream.flush()


class Refresher:
    """The task, with somebody watching."""

    def __init__(self, settings: WorkerSettings, redis_url: str, bar: Bar) -> None:
        self._settings = settings
        self._redis_url = redis_url
        self._bar = bar
        self._milliseconds: list[float] = []
        self._total = 0

    async def perform(self, at: Resources, asked_at: datetime) -> Result:
        """What the worker's task does, told line by line."""
        options = self._settings.refresh
        shelf = Shelf(at.cache, asked_at=asked_at, ttl=options.idempotency_ttl)
        kind = await shelf.kind()
        if kind == "redis":
            log.info("Connected to Redis at %s", self._redis_url)
        else:
            log.warning("Redis at %s is not available", self._redis_url)
        log.info("Idempotency store: %s", kind)
        exercises = await read(at.tracker, has_account=self._settings.api_client.username is not None)
        self._total = len(exercises)
        log.info("Starting refresh of %d exercises (max concurrency: %d)", self._total, options.concurrency)
        return await refresh(exercises, shelf, concurrency=options.concurrency, report=self._report)

    def _report(self, exercise: Exercise, fate: Fate, milliseconds: float) -> None:
        self._milliseconds.append(milliseconds)
        self._bar.show(len(self._milliseconds), self._total)
        what = f"Exercise {exercise.id} ({printable(exercise.name)})"
        if fate == "processed":
            log.info("[OK] %s refreshed in %.2fms", what, milliseconds)
        elif fate == "skipped":
            log.info("[SKIP] %s was refreshed before", what)
        else:
            log.error("[FAILED] %s", what)

    def summary(self, ended: Run, seconds: float) -> None:
        """The last lines."""
        self._bar.show(0, 0)
        result = ended.result or {}
        average = sum(self._milliseconds) / len(self._milliseconds) if self._milliseconds else 0.0
        for line in (
            *(RULE, "REFRESH COMPLETE" if ended.outcome == "done" else "REFRESH FAILED", RULE),
            f"Processed: {result.get('processed', 0)}",
            f"Skipped (idempotent): {result.get('skipped', 0)}",
            f"Failed: {result.get('failed', 0)}",
            f"Total: {result.get('total', 0)}",
            f"Success Rate: {result.get('success_rate', 0.0):.1f}%",
            f"Avg Duration: {average:.2f}ms",
            f"Total Time: {seconds:.2f}s",
            RULE,
        ):
            log.info(line)


async def refresh_now(settings: WorkerSettings, redis_url: str, bar: Bar) -> int:
    """One run, like any other of the task: alone, and on record."""
    begin = perf_counter()
    refresher = Refresher(settings, redis_url, bar)
    task = replace(tasks(settings)["refresh_exercises"], perform=refresher.perform)
    async with open_resources(settings) as resources:
        ended = await run(task, resources, run_id=new_id(task.name), source="command")
    if ended.outcome != "already_running":
        refresher.summary(ended, perf_counter() - begin)
    return EXIT[ended.outcome]


def parse(arguments: Sequence[str], environment: Mapping[str, str]) -> argparse.Namespace:
    """The options, with what `make run` has started here as their defaults."""
    running = _running(Path(environment.get("DATA_DIR") or ".data") / "run.json")
    api = environment.get("API_URL") or running.get("api") or "http://localhost:8000"
    redis = environment.get("REDIS_URL") or running.get("redis") or "redis://localhost:6379/0"
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--api-url", default=api, help="the Workout API now " + _shown(api).replace("%", "%%"))
    parser.add_argument(
        "--redis-url",
        default=redis,
        help="Redis and the database of the cache, now " + _shown(redis).replace("%", "%%"),
    )
    parser.add_argument("--concurrency", type=int, default=3, help="exercises at a time (%(default)s)")
    parser.add_argument("--retries", type=int, default=3, help="tries after the first of a request (%(default)s)")
    parser.add_argument("--timeout", type=float, default=10, help="seconds for one request (%(default)s)")
    return parser.parse_args(arguments)


def _running(file: Path) -> dict[str, str]:
    """The addresses that a running `make run` has written down."""
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        return {"redis": f"{said['redis']}/0", "api": said["services"]["api"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def settings_of(options: argparse.Namespace, environment: Mapping[str, str]) -> WorkerSettings:
    """The worker's settings for these options. Raises ValidationError, ValueError."""
    return WorkerSettings(
        redis_url=options.redis_url,
        redis={"cache_database": _database(options.redis_url)},
        api_client={
            "workout_api_url": options.api_url,
            "timeout": options.timeout,
            "username": environment.get("WORKOUT_USERNAME") or None,
            "password": environment.get("WORKOUT_PASSWORD") or None,
        },
        refresh={"concurrency": options.concurrency, "max_retries": options.retries, "retry_delay": 0.5},
    )


def _database(url: str) -> int:
    try:
        return int(urlsplit(url).path.strip("/") or 0)
    except ValueError:
        raise ValueError("--redis-url: must be a URL such as redis://localhost:6379/0") from None


def _shown(url: str) -> str:
    """Without a password, whatever it is."""
    shown = without_password(url)
    return NOT_A_URL if "@" in urlsplit(shown).path else shown


OPTIONS = {
    "workout_api_url": "api_url",
    "max_retries": "retries",
    "cache_database": "redis_url",
    "api_client": "account",
}
"""What a setting is called here, where that is not its own name."""


def _words(error: ValueError) -> str:
    """A line for each wrong option. No value is repeated: it may be a password."""
    if not isinstance(error, ValidationError):
        return str(error)
    problems = ((str(each["loc"][-1]).lower(), each["msg"].removeprefix("Value error, ")) for each in error.errors())
    return "\n".join(f"--{OPTIONS.get(name, name).replace('_', '-')}: {what}" for name, what in problems)


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Do what the arguments say; return the exit status."""
    options = parse(arguments, environment)
    try:
        settings = settings_of(options, environment)
    except ValueError as error:
        print(_words(error), file=sys.stderr)
        return 2
    bar = Bar()
    logging.raiseExceptions = False  # `| head` closes our output; that is no reason for a stack trace a line
    logging.basicConfig(level=logging.INFO, handlers=[bar], force=True)
    for quiet in ("httpx", "worker.jobs"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    api, shown = _shown(options.api_url), _shown(options.redis_url)
    for line in (RULE, "Exercise Refresh Script", RULE, f"API URL: {api}", f"Redis URL: {shown}"):
        log.info(line)
    log.info("Max Concurrency: %d", options.concurrency)
    log.info(RULE)
    try:
        return asyncio.run(refresh_now(settings, shown, bar))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
