"""PostgreSQL as a library: what tests of other packages use."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from packages.devstack.tests.harness import left_in, psql, until

from devstack.errors import ServerFailed, StopRequested
from devstack.ports import free_port
from devstack.postgres import Postgres

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture
def existing(folder: Path, made_data: Path) -> Path:
    """A folder with data."""
    subprocess.run(["cp", "-a", *made_data.glob("postgres*"), folder], check=True)
    return folder


def test_it_is_what_it_promises(folder: Path) -> None:
    with Postgres(folder, settings={**FAST, "max_connections": "33"}) as server:
        assert server.url == f"postgresql://workout:workout123@127.0.0.1:{server.port}/workout_tracker"
        role = "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        assert psql(server.url, role) == "f|f"
        owner = "SELECT datdba::regrole, pg_encoding_to_char(encoding), datlocprovider, datlocale FROM pg_database"
        assert psql(server.url, f"{owner} WHERE datname = current_database()") == "workout|UTF8|b|C.UTF-8"
        assert psql(server.url, "SELECT 'Ü' ILIKE 'ü', lower('ÀÉ')") == "t|àé"
        assert psql(server.url, "SHOW max_connections") == "33"
        assert psql(server.url, "SHOW fsync") == "off"
        assert psql(server.url, "SHOW listen_addresses") == "127.0.0.1"
        assert not Path(f"/tmp/.s.PGSQL.{server.port}").exists()
        psql(server.url, "CREATE TABLE sets (kilograms int)")
        with pytest.raises(subprocess.CalledProcessError, match="exit status 2") as wrong:
            psql(server.url.replace("workout123", "workout124"), "SELECT 1")
        assert "password authentication failed" in wrong.value.stderr
    assert "could not receive data" not in server.log.read_text(), "waiting for it leaves no complaint"


def test_the_superusers_password_is_random_and_next_to_the_data(folder: Path) -> None:
    with Postgres(folder, settings=FAST) as server:
        file = server.data.with_name("postgres-superuser-password")
        assert file.stat().st_mode & 0o777 == 0o600
        url = server.url.replace("workout:workout123", f"postgres:{file.read_text()}")
        assert psql(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "t"
        with pytest.raises(subprocess.CalledProcessError, match="exit status 2"):
            psql(server.url.replace("workout:workout123", "postgres:postgres"), "SELECT 1")


def test_tests_may_create_databases_and_leave_nothing(folder: Path) -> None:
    with Postgres(folder, settings=FAST, createdb=True, keep=False) as server:
        psql(server.url, "CREATE DATABASE worker_1 TEMPLATE workout_tracker")
        assert psql(server.url.replace("workout_tracker", "worker_1"), "SELECT current_database()") == "worker_1"
    assert [path.name for path in folder.iterdir()] == ["logs"]


def test_data_survives_and_a_restart_is_quick(existing: Path) -> None:
    server = Postgres(existing)
    with server:
        psql(server.url, "CREATE TABLE sets AS SELECT 100 AS kilograms")
    durations = []
    for _ in range(3):
        began = time.monotonic()
        with server:
            durations.append(time.monotonic() - began)
            assert psql(server.url, "SELECT kilograms FROM sets") == "100"
    assert min(durations) < 1, "0.1 seconds on an idle machine"


def test_what_an_interrupted_initdb_left_is_no_hindrance(folder: Path) -> None:
    def stop_soon(seconds: float) -> None:
        time.sleep(seconds)
        if (folder / "postgres.new" / "postgresql.conf").exists():
            raise StopRequested

    with pytest.raises(StopRequested):
        Postgres(folder, pause=stop_soon).start()
    assert left_in(folder) == {}
    assert not (folder / "postgres").exists()
    (folder / "postgres.new" / "half").mkdir(parents=True)
    with Postgres(folder, settings=FAST) as server:
        assert psql(server.url, "SELECT 1") == "1"


def test_a_taken_port_shows_the_servers_own_words(existing: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ServerFailed, match="PostgreSQL ended with exit status 1 before it was ready") as failure:
            Postgres(existing, port=port, settings=FAST).start()
    assert "Address already in use" in str(failure.value)


def test_when_somebody_is_quicker_another_port_is_taken(existing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken, free = other.getsockname()[1], free_port()
        choices = iter([taken, free])
        monkeypatch.setattr("devstack.ports.free_port", lambda: next(choices))
        with Postgres(existing, settings=FAST) as server:
            assert server.port == free


def test_a_setting_that_is_none_fails_once_and_clearly(existing: Path) -> None:
    with pytest.raises(ServerFailed, match="no_such_setting"):
        Postgres(existing, settings={**FAST, "no_such_setting": "1"}).start()


def test_a_server_that_is_late_is_not_left_running(existing: Path) -> None:
    with pytest.raises(ServerFailed, match="PostgreSQL was not ready within 0 seconds. The end of ") as failure:
        Postgres(existing, timeout=0).start()
    assert "postgresql.log" in str(failure.value)
    assert left_in(existing) == {}


def test_a_failing_initdb_says_why(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devstack.cluster.LOCALE", ("--locale=no_SUCH.UTF-8",))
    with pytest.raises(ServerFailed, match="PostgreSQL's initdb ended with exit status 1") as failure:
        Postgres(folder).start()
    assert "no_SUCH" in str(failure.value)
    assert not list(folder.glob("postgres*/"))


def test_the_number_of_a_dead_server_that_another_program_has_by_now(existing: Path) -> None:
    with Postgres(existing, settings=FAST) as server:
        left = (server.data / "postmaster.pid").read_text()
    words = left.split("\n")
    # As the same account: then PostgreSQL cannot tell it from a living server of its own.
    owner = server.data.stat()
    sleeper = subprocess.Popen(["/bin/sleep", "60"], user=owner.st_uid, group=owner.st_gid)
    try:
        file = server.data / "postmaster.pid"
        file.write_text("\n".join([str(sleeper.pid), *words[1:]]))
        os.chown(file, owner.st_uid, owner.st_gid)
        with server:
            assert psql(server.url, "SELECT 1") == "1"
    finally:
        sleeper.kill()
        sleeper.wait()


def test_a_second_server_on_living_data_is_refused(existing: Path) -> None:
    with Postgres(existing, settings=FAST) as server:
        with pytest.raises(ServerFailed, match="postmaster.pid"):
            Postgres(existing).start()
        assert psql(server.url, "SELECT 1") == "1"


def test_stop_by_force_and_twice(existing: Path) -> None:
    server = Postgres(existing, settings=FAST)
    server.start()
    assert server.child
    server.child.signal_group(signal.SIGSTOP)
    server.stop(0.05)
    server.stop()
    until(lambda: left_in(existing) == {})


def test_a_folder_that_is_no_data_directory(folder: Path) -> None:
    (folder / "postgres").mkdir()
    (folder / "postgres" / "notes.txt").touch()
    with pytest.raises(Exception, match="is not a PostgreSQL data directory: move it away|belongs to the account"):
        Postgres(folder).start()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no death signal")
@pytest.mark.parametrize("kind", ["Postgres", "Valkey"])
def test_it_dies_with_a_killed_owner(folder: Path, kind: str) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\n"
        f"from devstack.{kind.lower()} import {kind}\n"
        f"{kind}(Path(sys.argv[1])).start()\nprint('started', flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, folder], stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == b"started\n"
        owner.kill()
    until(lambda: left_in(folder) == {}, 10)
