"""The end of any process ends the run, with one line and its status."""

import os
import signal

import pytest
from packages.devstack.tests.harness import Runner, left_in, preparation, service, until

from devstack.ports import free_port


@pytest.mark.parametrize(
    ("behaviour", "status", "words"),
    [
        ("exit=3", 3, "exit status 3"),
        ("exit=0", 1, "exit status 0"),
        ("exit-late=7", 7, "exit status 7"),
    ],
)
def test_a_service_ends(light: Runner, behaviour: str, status: int, words: str) -> None:
    light.services += [service("worker", free_port(), behaviour)]
    ended = light.run()
    assert (ended.status, ended.err) == (status, f"worker ended with {words}\n")
    assert left_in(light.folder) == {}


def test_a_service_is_killed(light: Runner) -> None:
    light.ready()
    pid = next(pid for pid, command in left_in(light.folder).items() if "fake_service" in command)
    os.kill(pid, signal.SIGKILL)
    assert light.process
    ended = light.ended(light.process)
    assert (ended.status, ended.err) == (137, "api ended with signal 9 (SIGKILL)\n")


@pytest.mark.parametrize(("program", "name"), [("bin/postgres", "PostgreSQL"), ("valkey-server", "Valkey")])
def test_a_server_is_killed(runner: Runner, program: str, name: str) -> None:
    runner.ready()
    pid = next(pid for pid, command in left_in(runner.folder).items() if program in command)
    os.kill(pid, signal.SIGKILL)
    assert runner.process
    ended = runner.ended(runner.process)
    log = runner.data / "logs" / f"{name.lower()}.log"
    assert (ended.status, ended.err) == (137, f"{name} ended with signal 9 (SIGKILL); its log is {log}\n")
    until(lambda: left_in(runner.folder) == {})


@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_preparation_fails(light: Runner, command: str) -> None:
    light.services[0]["prepare"] = preparation("exit=4")
    ended = light.run(command)
    assert ended.status == 4
    assert ended.err.startswith("api: ")
    assert ended.err.endswith("exit=4 ended with exit status 4\n")
    assert "api | preparing\n" in ended.out
    assert "serving" not in ended.out


def test_a_service_that_is_not_ready_in_time(light: Runner) -> None:
    script = light.folder / "runner.py"
    script.write_text(f"import devstack.supervisor\ndevstack.supervisor.READY_SECONDS = 1\n{script.read_text()}")
    light.services = [service("api", int(light.variables["API_PORT"]), "never-ready")]
    ended = light.run()
    url = f"http://127.0.0.1:{light.variables['API_PORT']}/readyz"
    assert ended.status == 1
    assert ended.err == f"api was not ready within 1 seconds: {url} must answer 200, the last answer was 503\n"


def test_a_service_that_cannot_be_executed(light: Runner) -> None:
    program = light.folder / "program"
    program.touch()
    light.services[0]["command"] = [str(program)]
    ended = light.run()
    assert (ended.status, ended.err) == (126, "api ended with exit status 126\n")
    assert f"api | cannot start {program}" in ended.out


def test_a_server_that_does_not_start_shows_the_end_of_its_log(runner: Runner) -> None:
    (runner.data / "valkey").mkdir(parents=True)
    (runner.data / "valkey" / "appendonlydir").touch()
    ended = runner.run()
    assert ended.status == 1
    assert ended.err.startswith("Valkey ended with exit status 1 before it was ready. The end of ")
    assert "appendonly" in ended.err
    assert left_in(runner.folder) == {}
