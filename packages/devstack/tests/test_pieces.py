"""The small pieces, each by itself."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from packages.devstack.tests.harness import until

from devstack import __main__ as program
from devstack import guard, launch, ports, urls, wheels
from devstack.child import Child, exit_status, how_it_ended
from devstack.console import Console
from devstack.datadir import DataDir
from devstack.errors import DevstackError
from devstack.guarding import Guard

SLEEP = ["/bin/sleep", "60"]


@pytest.mark.parametrize(
    ("url", "shown", "bare"),
    [
        ("postgresql://u:p@h:1/d", "postgresql://u:***@h:1/d", "postgresql://u@h:1/d"),
        ("postgresql://u:p@q@h/d", "postgresql://u:***@h/d", "postgresql://u@h/d"),
        ("postgresql://u@h/d", "postgresql://u@h/d", "postgresql://u@h/d"),
        ("postgresql:///d?host=/run", "postgresql:///d?host=/run", "postgresql:///d?host=/run"),
        ("postgresql://h/d?password=p&a=b", "postgresql://h/d?password=***&a=b", "postgresql://h/d?a=b"),
        ("redis://:p@h:1/0", "redis://:***@h:1/0", "redis://h:1/0"),
        ("redis://:p/s3cr3t@h", urls.NOT_A_URL, urls.NOT_A_URL),
        ("redis://u:1?s3cr3t@h:1/0", urls.NOT_A_URL, urls.NOT_A_URL),
        ("postgresql://u:p#s3@cr3t@h/d", urls.NOT_A_URL, urls.NOT_A_URL),
        ("host=h password=p", urls.NOT_A_URL, urls.NOT_A_URL),
        ("postgresql://[p", urls.NOT_A_URL, urls.NOT_A_URL),
    ],
)
def test_urls_without_secrets(url: str, shown: str, bare: str) -> None:
    assert (urls.masked(url), urls.without_password(url)) == (shown, bare)


def test_urls_to_open() -> None:
    assert urls.http_url("0.0.0.0", 1) == "http://127.0.0.1:1"
    assert urls.http_url("::", 1) == "http://[::1]:1"
    assert urls.http_url("localhost", 1) == "http://localhost:1"


def test_free_ports_are_free_and_not_those_of_outgoing_connections() -> None:
    port = ports.free_port()
    assert port in ports.CHOICE
    with socket.create_server(("127.0.0.1", port)):
        assert not ports.is_free(port)
        assert not ports.is_free(port, "0.0.0.0")
        assert not ports.is_free(port, "localhost")
    assert ports.is_free(port, "localhost")


def test_no_free_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(ports, "CHOICE", [taken.getsockname()[1]])
        with pytest.raises(OSError, match="no free port found"):
            ports.free_port()


def test_the_last_port_has_no_next_one() -> None:
    with socket.create_server(("127.0.0.1", 65535)), pytest.raises(DevstackError, match=r"example X=\d{5} make"):
        ports.refuse_taken([ports.Listener(65535, "X")])


def test_a_port_for_root(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(port: int, host: str) -> bool:
        raise PermissionError

    # Root may listen everywhere, and so may everybody on macOS.
    monkeypatch.setattr(ports, "is_free", refuse)
    with pytest.raises(DevstackError, match=r"Port 80 \(API_PORT\) is reserved for root"):
        ports.refuse_taken([ports.Listener(80, "API_PORT")])


def test_ends_in_words_and_numbers() -> None:
    assert [how_it_ended(code) for code in (0, 3, -9, -99)] == [
        "exit status 0",
        "exit status 3",
        "signal 9 (SIGKILL)",
        "signal 99",
    ]
    assert [exit_status(code) for code in (0, 3, -9)] == [1, 3, 137]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no death signal")
def test_a_launched_program_dies_with_its_parent_or_before_it_starts(tmp_path: Path) -> None:
    command = [sys.executable, launch.__file__, str(os.getpid()), "15", "-", "/"]
    elsewhere = [*command[:2], "1", *command[3:]]
    late = subprocess.run([*elsewhere, "/bin/echo", "alive"], capture_output=True, text=True)
    assert (late.returncode, late.stdout) == (1, "")
    assert "is gone" in late.stderr
    status = f"/proc/{os.getpid()}/status"
    here = subprocess.run([*command, "/bin/grep", "SigIgn", "/proc/self/status"], capture_output=True, text=True)
    assert int(here.stdout.split()[1], 16) & 1 << (signal.SIGPIPE - 1) == 0, status
    missing = subprocess.run([*command, "/no/such"], capture_output=True, text=True)
    assert missing.returncode == 127


def test_what_launching_is_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    for name in ("setgroups", "setgid", "setuid", "chdir"):
        monkeypatch.setattr(os, name, lambda value, name=name: calls.append((name, value)))
    monkeypatch.setattr(os, "execv", lambda *command: calls.append(command))
    monkeypatch.setattr(launch, "die_with_parent", lambda *numbers: calls.append(numbers))
    before = signal.getsignal(signal.SIGPIPE)
    try:
        launch.main(["1", "15", "11:12", "/here", "/bin/true", "x"])
    finally:
        signal.signal(signal.SIGPIPE, before)
    assert calls == [
        ("setgroups", []),
        ("setgid", 12),
        ("setuid", 11),
        (1, 15),
        ("chdir", "/here"),
        ("/bin/true", ["/bin/true", "x"]),
    ]


def test_a_child_leads_a_group_of_its_own_and_is_fed(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out:
        child = Child("cat", ["/bin/cat"], output=out.fileno(), feed=b"hello")
    assert child.wait(5) == 0
    assert (tmp_path / "out").read_text() == "hello"
    child = Child("sleep", SLEEP, output=subprocess.DEVNULL, folder=tmp_path)
    assert os.getsid(child.pid) == os.getpgid(child.pid) == child.pid
    assert child.has_members()
    assert child.wait(0.01) is None
    child.kill()
    assert not child.has_members()
    child.signal_group(signal.SIGTERM)


def test_a_guard_ends_what_it_watches_and_was_not_told_to_forget(tmp_path: Path) -> None:
    children = [Child("sleep", SLEEP, output=subprocess.DEVNULL) for _ in range(2)]
    with DataDir(tmp_path, time.sleep) as folder, Guard(folder) as watch:
        for child in children:
            watch.watch(child, signal.SIGTERM)
        watch.forget(children[1])
        # Somebody has to collect it while the guard looks whether it is gone.
        collector = threading.Thread(target=children[0].wait, args=(5,))
        collector.start()
    collector.join()
    assert children[0].poll() == -signal.SIGTERM
    assert children[1].poll() is None
    children[1].kill()


def test_a_guard_uses_force_in_the_end() -> None:
    child = Child("deaf", [sys.executable, "-c", DEAF], output=subprocess.DEVNULL)
    quiet = Child("sleep", SLEEP, output=subprocess.DEVNULL)
    watched = guard.read([f"+{child.pid} 15\n", f"+{quiet.pid} 15\n", f"-{quiet.pid}\n", "-1\n"])
    assert watched == {child.pid: 15}
    guard.clear(watched, grace=0.05)
    assert child.wait(5) in (-signal.SIGKILL, -signal.SIGTERM)
    guard.clear(watched, grace=0.05)
    quiet.kill()


DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


def test_a_slow_reader_loses_lines_and_is_told() -> None:
    ours, theirs = os.pipe()
    with Console(["api"], out=theirs, err=theirs, limit=1000) as console:
        # More than a pipe holds, so that the writer stands still.
        console.say("x" * 70_000)
        for _ in range(100):
            console.log("api", b"lost")
        seen = os.read(ours, 100_000)
        while len(seen) < 70_001:
            seen += os.read(ours, 100_000)
        until(lambda: console._queued == console._written)
        console.log("api", b"last")
        console.complain("over")
        until(lambda: console._queued == console._written)
        rest = os.read(ours, 100_000).decode()
    assert rest == "(100 log lines are missing here: they came faster than they were read)\napi | last\nover\n"
    os.close(ours)
    os.close(theirs)


def test_a_reader_who_is_gone_or_not_ready_is_no_problem() -> None:
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    with Console(out=theirs, err=-1) as console:
        console.complain("nobody hears it")
        console.say("x" * 100_000)
        seen = 0
        while seen < 100_001:
            seen += len(os.read(ours, 4096))
        os.close(ours)
        console.say("gone")
    os.close(theirs)


def test_a_lock_that_is_held_by_nobody_we_know(tmp_path: Path) -> None:
    with DataDir(tmp_path, time.sleep) as folder:
        for pid in ("1", "not a pid"):
            os.ftruncate(folder.fileno(), 0)
            os.pwrite(folder.fileno(), pid.encode(), 0)
            with (
                pytest.raises(DevstackError, match=f"is already running on .* with pid {pid}"),
                DataDir(tmp_path, time.sleep),
            ):
                pass


def test_missing_wheels() -> None:
    with pytest.raises(DevstackError, match="The package none is not installed: run make install"):
        wheels.find("no_such_package", "none")


def test_a_wheel_without_its_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "find", lambda *_: wheels.Wheel(tmp_path, "1"))
    with pytest.raises(DevstackError, match="No valkey-server in"):
        wheels.valkey_server()


def test_windows_is_told(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    status = program.main()
    assert status == 1
    assert "inside WSL 2" in capfd.readouterr().err
