"""`kill -9` of the runner leaves nothing behind, and the next start works."""

import os
import signal
import sys
import time

import pytest
from packages.devstack.tests.harness import Runner, left_in, psql, service, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no death signal")


def test_the_next_start_waits_for_the_end_of_the_killed_one(runner: Runner) -> None:
    port = int(runner.variables["API_PORT"])
    # The guard has to use force, so that there is something to wait for.
    runner.services = [service("api", port, "ignore-sigterm", "child")]
    database = f"postgresql://workout:workout123@127.0.0.1:{runner.variables['POSTGRES_PORT']}/workout_tracker"
    runner.ready()
    psql(database, "CREATE TABLE sets AS SELECT 100 AS kilograms")
    runner.stop(signal.SIGKILL)
    assert left_in(runner.folder)
    assert runner.run_file.exists(), "until all is ended"
    runner.services = [service("api", port)]
    process = runner.start()
    until(lambda: "is running" in runner.text("out") or process.poll() is not None)
    assert process.poll() is None, runner.ended(process)
    assert psql(database, "SELECT kilograms FROM sets") == "100"
    assert runner.stop(signal.SIGINT).err == ""


def test_while_the_database_is_made_and_the_next_start_makes_it(bare: Runner) -> None:
    for _ in range(2):
        bare.start()
        until(lambda: (bare.data / "postgres.new" / "postgresql.conf").exists())
        bare.stop(signal.SIGKILL)
        until(lambda: left_in(bare.folder) == {}, 10)
        assert not (bare.data / "postgres").exists()
    bare.ready()
    assert bare.stop(signal.SIGINT).status == 0
    assert not list(bare.data.glob("postgres*.new"))


@pytest.mark.parametrize("milliseconds", [0, 100, 300, 700])
def test_at_any_moment_of_the_start(bare: Runner, milliseconds: int) -> None:
    bare.start()
    until(bare.data.exists)
    time.sleep(milliseconds / 1000)
    bare.stop(signal.SIGKILL)
    until(lambda: left_in(bare.folder) == {}, 10)


def test_the_guard_alone_being_killed_changes_nothing(light: Runner) -> None:
    light.ready()
    guard = next(pid for pid, command in left_in(light.folder).items() if "guard.py" in command)
    os.kill(guard, signal.SIGKILL)
    ended = light.stop(signal.SIGINT)
    assert (ended.status, ended.err) == (0, "")
