"""`workout-worker serve`, `run <task>` and `tasks`: the only place that reads the environment."""

import argparse
import asyncio
import json
import logging
import signal
import sys

from ledger.jobs import TASKS, TaskName, new_id
from ledger.runs import Run
from runtime import logs, traces
from runtime.server import serve
from runtime.settings import load
from worker import __version__
from worker.app import create_app
from worker.jobs.ending import end
from worker.jobs.runs import run
from worker.jobs.tasks import tasks
from worker.resources import Resources, open_resources, reachable
from worker.settings import WorkerSettings

log = logging.getLogger(__name__)

# 75 is EX_TEMPFAIL of sysexits.h: nothing is wrong, but not now.
EXIT = {"done": 0, "failed": 1, "already_running": 75}
PATIENCE_SECONDS = 5.0  # with a Redis that does not answer yet


def main() -> None:
    """Run the command that the command line names."""
    parser = argparse.ArgumentParser(prog="workout-worker", description="The Worker.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="work on jobs, by the clock and from the queue, and serve health and metrics")
    running = commands.add_parser("run", help="run one task now: exit 0 done, 1 failed, 75 already running elsewhere")
    running.add_argument("task", choices=TASKS)
    commands.add_parser("tasks", help="list the tasks and when they are due")
    arguments = parser.parse_args()

    settings = load(WorkerSettings)
    if arguments.command == "tasks":
        _list(settings)
        return
    logs.configure("worker", settings.log_format, settings.log_level)
    provider = traces.configure("workout-worker", __version__, settings.otlp_endpoint)
    try:
        if arguments.command == "run":
            sys.exit(_run(arguments.task, settings))
        _serve(settings)
    finally:
        traces.finish(provider)


def _list(settings: WorkerSettings) -> None:
    for task in tasks(settings).values():
        due = "off" if not task.is_scheduled else f"{task.schedule} UTC"
        if settings.schedule.mode == "none":
            due = "by another clock"
        sys.stdout.write(f"{task.name:<20} {due:<20} {task.purpose}\n")


def _serve(settings: WorkerSettings) -> None:
    host, port = settings.worker.health_host, settings.worker.health_port
    try:
        serve(create_app(settings), host=host, port=port)
    except SystemExit:
        log.error(
            "Cannot start: WORKER_WORKER__HEALTH_HOST and WORKER_WORKER__HEALTH_PORT have it listen on %s:%d",
            *(host, port),
        )
        raise


def _run(task: TaskName, settings: WorkerSettings) -> int:
    ended = asyncio.run(_once(task, settings))
    if ended is None:
        return 128 + signal.SIGTERM
    # The last line, for programs.
    sys.stdout.write(json.dumps(ended.result if ended.result is not None else {"error": ended.error}) + "\n")
    return EXIT[ended.outcome]


async def _once(name: TaskName, settings: WorkerSettings) -> Run | None:
    """One run; SIGTERM or Ctrl-C ends it in order, its lock released. None if it was ended so."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with open_resources(settings) as resources:
        running = asyncio.create_task(_run_once(name, resources))
        stopping = asyncio.create_task(stopped.wait())
        await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
        await end((running, stopping))
        return None if running.cancelled() else running.result()


async def _run_once(name: TaskName, resources: Resources) -> Run:
    await reachable(resources, PATIENCE_SECONDS)  # if it is not, the run says so
    return await run(tasks(resources.settings)[name], resources, run_id=new_id(name), source="command")


if __name__ == "__main__":
    main()
