"""What a start refuses, each with one line for the person at the keyboard."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from packages.devstack.tests.harness import Runner, service

from devstack.ports import free_port


def refusal(runner: Runner, *arguments: str, status: int = 1) -> str:
    """The one line it ends with."""
    ended = runner.run(*arguments)
    assert ended.status == status, ended
    assert ended.err.count("\n") == 1
    return ended.err.strip()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize("variable", ["POSTGRES_PORT", "REDIS_PORT", "API_PORT"])
def test_a_taken_port(bare: Runner, variable: str, host: str) -> None:
    port = int(bare.variables[variable])
    with socket.create_server((host, port)):
        line = refusal(bare)
    before, _, after = line.partition(f", for example {variable}=")
    assert before == f"Port {port} ({variable}) is already in use: stop what listens there, or choose another"
    assert after.endswith(" make run")
    assert int(after.split()[0]) != port
    assert not (bare.data / "logs").exists(), "nothing was started"


def test_a_port_is_checked_on_what_the_service_binds_to(light: Runner) -> None:
    light.variables["API_HOST"] = "0.0.0.0"
    with socket.create_server(("127.0.0.2", int(light.variables["API_PORT"]))):
        assert "(API_PORT) is already in use" in refusal(light)


def test_ports_of_what_is_not_started_do_not_count(light: Runner) -> None:
    with socket.create_server(("127.0.0.1", int(light.variables["REDIS_PORT"]))):
        assert light.run("migrate").status == 0


def test_one_port_for_two(bare: Runner) -> None:
    bare.variables["API_PORT"] = bare.variables["REDIS_PORT"]
    assert "is given twice, by REDIS_PORT and API_PORT" in refusal(bare)


@pytest.mark.parametrize("value", ["0", "65536", "eight", "8_000", " 8000", "-1", "٣٠٠٠", "8000.0", "1" * 5000])
def test_a_port_that_is_none(light: Runner, value: str) -> None:
    light.variables["API_PORT"] = value
    line = refusal(light)
    assert line.startswith("API_PORT must be a port, a whole number from 1 to 65535, and is ")
    assert len(line) < 200


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])
def test_a_host_that_is_none_of_ours(light: Runner, host: str) -> None:
    light.variables["API_HOST"] = host
    assert refusal(light).startswith(f"API_HOST={host} cannot be listened on: ")


def test_an_unknown_service(light: Runner) -> None:
    ended = light.run("run", "apo")
    assert ended.status == 2
    assert "there is no service apo, but api" in ended.err


def test_a_service_that_is_not_installed(light: Runner) -> None:
    light.services[0]["command"] = ["no-such-program"]
    assert refusal(light).endswith("no-such-program is missing: run make install")


def test_a_line_of_the_env_file_that_is_none(light: Runner) -> None:
    (light.folder / ".env").write_text("GOOD=1\n\nPASSWORD hush\n")
    assert refusal(light) == ".env:3: not KEY=VALUE, or a quote that is not closed"


def test_two_runs_on_one_folder(light: Runner) -> None:
    pid = light.ready()["pid"]
    other = Runner(light.folder, {**{name: free_port() for name in ("POSTGRES_PORT", "REDIS_PORT", "API_PORT")}})
    first, light.process = light.process, None
    for arguments in (("run",), ("migrate",)):
        line = refusal(other, *arguments)
        assert line == f"Workout Tracker is already running on {light.data} with pid {pid}"
    assert light.run_file.exists(), "the first is not disturbed"
    light.process = first
    assert light.stop(signal.SIGINT).status == 0


@pytest.mark.parametrize("path", ["a-file", "a-file/below", "/proc/nowhere"])
def test_a_data_folder_that_cannot_be(light: Runner, path: str) -> None:
    (light.folder / "a-file").touch()
    light.variables["DATA_DIR"] = path
    assert refusal(light).startswith(f"Cannot write to DATA_DIR {light.folder / path}: ")


def test_secrets_that_cannot_be_written(light: Runner) -> None:
    light.data.mkdir()
    (light.data / "secrets").touch()
    assert refusal(light).startswith(f"Cannot write to {light.data}/secrets")


def test_logs_that_cannot_be_written(bare: Runner) -> None:
    bare.data.mkdir()
    (bare.data / "logs").touch()
    assert refusal(bare) == f"PostgreSQL cannot use {bare.data}/logs: File exists"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become the account that may not write")
def test_a_data_folder_of_somebody_else(light: Runner) -> None:
    light.data.mkdir()
    script = (light.folder / "runner.py").read_text()
    script = script.replace("status = ", "os.seteuid(65534)\nstatus = ").replace("sys.exit", "os.seteuid(0)\nsys.exit")
    (light.folder / "runner.py").write_text(script)
    assert refusal(light) == f"Cannot write to DATA_DIR {light.data}: Permission denied"


def test_the_program_itself(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("API_PORT=none\n")
    program = Path(sys.executable).with_name("devstack")
    environment = {"PATH": os.defpath}
    for command in ([str(program)], [sys.executable, "-m", "devstack"]):
        ended = subprocess.run([*command, "run"], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert ended.stderr.startswith("API_PORT must be a port")


SIGNALLED = """
import os, signal, sys, types
from devstack.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background
def run(arguments, environment):
    if arguments[0] == "early":
        os.kill(os.getpid(), signal.SIGINT)
    return 7
sys.modules["devstack.cli"] = types.SimpleNamespace(run=run)
status = main()
os.kill(os.getpid(), signal.SIGTERM)
sys.exit(status)
"""


def test_signals_before_and_after_the_run() -> None:
    for moment, status in (("early", 0), ("late", 7)):
        ended = subprocess.run([sys.executable, "-c", SIGNALLED, moment], capture_output=True)
        assert (ended.returncode, ended.stderr) == (status, b"")


def test_the_services_there_are() -> None:
    from devstack.services import SERVICES

    assert [entry.name for entry in SERVICES] == ["api", "ai-coach", "worker", "mcp", "frontend"]
    assert service("api", 8000)["port_variable"] == SERVICES[0].port_variable
