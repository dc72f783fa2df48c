"""Stopping: within five seconds, with status 0, and nothing is left, whatever was going on."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from packages.devstack.tests.harness import Runner, left_in, preparation, service, until

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def assert_clean_stop(runner: Runner, number: signal.Signals) -> None:
    ended = runner.stop(number)
    assert (ended.status, ended.err) == (0, "")
    assert ended.seconds < 5
    assert left_in(runner.folder) == {}
    assert not runner.run_file.exists()


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_a_running_system_stops(light: Runner, number: signal.Signals) -> None:
    light.ready()
    assert_clean_stop(light, number)


def test_ctrl_c_reaches_us_alone_and_a_second_one_changes_nothing(runner: Runner) -> None:
    port = int(runner.variables["API_PORT"])
    # Killed in the end, with a child that would have outlived it.
    runner.services = [service("api", port, "ignore-sigterm", "child")]
    process = runner.start("run", start_new_session=True)
    until(runner.run_file.exists, 60)
    for _ in range(3):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.1)
    assert any("postgres" in command for command in left_in(runner.folder).values()), "services end before servers"
    assert_clean_stop(runner, signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_while_the_database_is_made(bare: Runner, number: signal.Signals) -> None:
    bare.start()
    until(lambda: any("initdb" in command for command in left_in(bare.folder).values()))
    assert_clean_stop(bare, number)
    assert not list(bare.data.glob("postgres*.new"))


def test_while_the_preparation_runs(light: Runner) -> None:
    light.services[0]["prepare"] = preparation("hang")
    light.start()
    until(lambda: "hanging" in light.text("out"))
    assert_clean_stop(light, signal.SIGTERM)


def test_while_a_service_is_not_ready(light: Runner) -> None:
    light.services = [service("api", int(light.variables["API_PORT"]), "never-ready")]
    light.start()
    until(lambda: "serving" in light.text("out"))
    assert_clean_stop(light, signal.SIGTERM)


def test_at_any_moment_of_the_start(bare: Runner) -> None:
    bare.services[0]["prepare"] = preparation()
    for milliseconds in (0, 100, 200, 400):
        process = bare.start()
        until(lambda: "Starting" in bare.text("out"))
        time.sleep(milliseconds / 1000)
        assert process.poll() is None
        assert_clean_stop(bare, signal.SIGINT)


def test_nohup_is_respected(light: Runner) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = light.start()
    finally:
        signal.signal(signal.SIGHUP, before)
    until(light.run_file.exists)
    process.send_signal(signal.SIGHUP)
    time.sleep(0.2)
    assert process.poll() is None
    assert_clean_stop(light, signal.SIGINT)


LEADER = """
import fcntl, signal, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGHUP, lambda *_: None)
sys.exit(subprocess.call([sys.executable, "led.py", *sys.argv[1:]]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a terminal cannot be polled")
def test_the_terminal_is_closed_and_the_leader_of_its_session_does_not_tell(light: Runner) -> None:
    script = light.folder / "runner.py"
    script.rename(light.folder / "led.py")
    script.write_text(LEADER)
    ours, theirs = os.openpty()
    leader = light.start("run", stdin=theirs, start_new_session=True)
    os.close(theirs)
    until(light.run_file.exists)
    os.close(ours)
    ended = light.ended(leader)
    assert (ended.status, ended.err) == (0, "")
    assert "Stopping ..." in ended.out
    assert left_in(light.folder) == {}


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_while_waiting_for_the_lock_of_a_killed_run(light: Runner) -> None:
    light.data.mkdir()
    gone = subprocess.Popen(["/bin/sleep", "0"])
    gone.wait()
    with (light.data / "run.lock").open("w") as lock:
        lock.write(str(gone.pid))
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = light.start()
        # Nothing can be seen of it while it waits, but it outlives what its start takes.
        until(lambda: "run.lock" in open_files(process.pid))
        assert_clean_stop(light, signal.SIGTERM)


def open_files(pid: int) -> set[str]:
    """The names of its open files. Linux only."""
    names = set()
    for path in Path(f"/proc/{pid}/fd").iterdir():
        # It may be closed while we look.
        with contextlib.suppress(FileNotFoundError):
            names.add(path.readlink().name)
    return names
