"""Valkey as a library."""

import socket
from pathlib import Path

import pytest
from packages.devstack.tests.harness import left_in

from devstack.errors import ServerFailed
from devstack.valkey import Valkey


def ask(server: Valkey, *words: str) -> str:
    """One command and its answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall((" ".join(words) + "\r\nQUIT\r\n").encode())
        with client.makefile() as answer:
            return answer.read().removesuffix("+OK\n").strip()


def test_it_answers_and_forgets(folder: Path) -> None:
    server = Valkey(folder)
    with server:
        assert server.url == f"redis://127.0.0.1:{server.port}"
        assert ask(server, "SET", "key", "value") == "+OK"
        assert "127.0.0.1" in ask(server, "CONFIG", "GET", "bind")
    assert left_in(folder) == {}
    with server:
        assert ask(server, "GET", "key") == "$-1"
    assert server.data.stat().st_mode & 0o777 == 0o700


def test_it_remembers_when_asked_to(folder: Path) -> None:
    server = Valkey(folder, persistent=True)
    with server:
        ask(server, "SET", "key", "value")
    with server:
        assert ask(server, "GET", "key").split() == ["$5", "value"]


def test_another_server_on_its_port_is_not_taken_for_it(folder: Path) -> None:
    with Valkey(folder / "one") as one, pytest.raises(ServerFailed, match="Address already in use"):
        Valkey(folder / "two", port=one.port).start()


def test_a_long_log_is_kept_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devstack.logfile.LIMIT", 10)
    server = Valkey(folder)
    for _ in range(3):
        with server:
            pass
    assert sorted(path.name for path in server.log.parent.iterdir()) == ["valkey.log", "valkey.log.old"]


def test_relative_folders(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    with Valkey(Path("here")):
        assert (folder / "here" / "valkey").is_dir()
