"""A whole run: what is started, in which environment, and what people and programs are told."""

import json
import os
import signal
import stat
import subprocess
import urllib.request
from pathlib import Path

import pytest
from packages.devstack.tests.harness import ELSEWHERE, Runner, preparation, psql, service, until

from devstack.ports import free_port


def environment_of(url: str) -> dict[str, str]:
    """What the fake service was started with."""
    with urllib.request.urlopen(f"{url}/environment") as answer:
        found: dict[str, str] = json.load(answer)
        return found


def mode(path: Path) -> int:
    """Its permissions."""
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_runs_and_a_second_start_finds_the_data(bare: Runner) -> None:
    bare.services[0]["prepare"] = preparation()
    database = f"postgresql://workout:workout123@127.0.0.1:{bare.variables['POSTGRES_PORT']}/workout_tracker"
    facts = bare.ready()
    assert facts == {
        "pid": bare.process and bare.process.pid,
        "services": {"api": f"http://127.0.0.1:{bare.variables['API_PORT']}"},
        "database": database.replace(":workout123", ""),
        "redis": f"redis://127.0.0.1:{bare.variables['REDIS_PORT']}",
    }
    assert psql(database, "CREATE TABLE sets AS SELECT 100 AS kilograms") == "SELECT 1"
    first = bare.stop(signal.SIGINT)
    assert (first.status, first.err) == (0, "")
    assert not bare.run_file.exists()

    bare.ready()
    assert psql(database, "SELECT kilograms FROM sets") == "100"
    assert bare.stop(signal.SIGTERM).status == 0
    assert (bare.folder / "prepared").read_text().split() == [database, database]


def test_the_table_names_addresses_logins_data_and_logs(runner: Runner) -> None:
    facts = runner.ready()
    out = runner.stop(signal.SIGINT).out
    for text in (
        f"api             {facts['services']['api']}\n",
        f"PostgreSQL      postgresql://workout:workout123@127.0.0.1:{runner.variables['POSTGRES_PORT']}/workout_tracker\n",
        f"Valkey          {facts['redis']}\n",
        "First logins    admin, first password admin123\n",
        "user, first password user123\n",
        f"Data            {runner.data}\n",
        f"PostgreSQL log  {runner.data}/logs/postgresql.log\n",
        f"Valkey log      {runner.data}/logs/valkey.log\n",
        "API_ACCESS=open",
        "Ctrl-C",
    ):
        assert text in out
    assert (runner.data / "logs" / "valkey.log").stat().st_size
    assert "Cannot" not in out


def test_given_servers_are_used_and_named_without_their_passwords(light: Runner) -> None:
    light.variables |= {"API_ENVIRONMENT": "production", "API_ACCESS": "private"}
    facts = light.ready()
    environment = environment_of(facts["services"]["api"])
    ended = light.stop(signal.SIGINT)
    assert {name: environment[name] for name in ELSEWHERE} == ELSEWHERE
    assert "postgresql://anna:***@db.example/training (given by DATABASE_URL)" in ended.out
    assert "redis://:***@kv.example/1 (given by REDIS_URL)" in ended.out
    assert facts["database"] == "postgresql://anna@db.example/training"
    assert facts["redis"] == "redis://kv.example/1"
    assert "private: everybody logs in" in ended.out
    for absent in ("secret", "hush", "admin123", "log  "):
        assert absent not in ended.out
    assert sorted(path.name for path in light.data.iterdir()) == ["run.lock", "secrets"]


def test_services_get_their_environment(light: Runner) -> None:
    port = light.variables.pop("API_PORT")
    light.variables |= {"LOG_FORMAT": "", "API_TRUSTED_PROXIES": "10.0.0.1", "FROM_BOTH": "environment"}
    (light.folder / ".env").write_text(f"# ours\nexport API_PORT='{port}'\nFROM_BOTH=file\nAPI_GREETING=\"hi\\tyou\"\n")
    light.services[0]["environment"] = {
        "API_SERVICE_ACCOUNTS_DIR": "{service_accounts}",
        "API_TRUSTED_PROXIES": "127.0.0.1",
        "API_SELF": "{api}/self",
    }
    facts = light.ready()
    environment = environment_of(facts["services"]["api"])
    accounts = light.data / "secrets" / "service-accounts"
    expected = {
        "API_PORT": port,
        "DATA_DIR": str(light.data),
        "LOG_FORMAT": "text",
        "API_SERVICE_ACCOUNTS_DIR": str(accounts),
        "API_TRUSTED_PROXIES": "10.0.0.1",
        "API_SELF": f"http://127.0.0.1:{port}/self",
        "FROM_BOTH": "environment",
        "API_GREETING": "hi\tyou",
    }
    assert {name: environment.get(name) for name in expected} == expected


def test_service_accounts_are_made_once_and_closed_to_others(light: Runner) -> None:
    accounts = light.data / "secrets" / "service-accounts"
    light.ready()
    light.stop(signal.SIGINT)
    made = {path.name: path.read_text() for path in accounts.iterdir()}
    assert sorted(made) == ["ai-coach", "mcp", "worker"]
    assert all(len(password) >= 40 for password in made.values())
    assert len(set(made.values())) == 3
    (accounts / "worker").chmod(0o644)
    light.ready()
    light.stop(signal.SIGINT)
    assert {path.name: path.read_text() for path in accounts.iterdir()} == made
    assert {mode(path) for path in accounts.iterdir()} == {0o600}
    assert {mode(accounts), mode(accounts.parent)} == {0o700}


def test_given_service_accounts_are_left_alone(light: Runner) -> None:
    light.variables["API_SERVICE_ACCOUNTS_DIR"] = "/nowhere"
    facts = light.ready()
    assert environment_of(facts["services"]["api"])["API_SERVICE_ACCOUNTS_DIR"] == "/nowhere"
    assert not (light.data / "secrets").exists()


def test_log_lines_carry_names_of_one_width_and_no_colours_in_a_file(light: Runner) -> None:
    light.services.append(service("ai-coach", free_port()))
    light.ready()
    out = light.stop(signal.SIGINT).out
    assert "api      | serving on 127.0.0.1\n" in out
    assert "ai-coach | serving on 127.0.0.1\n" in out
    assert "api      | grüße\n" in out, "a last line without an end is shown as well"
    assert "\x1b" not in out


def test_only_the_named_services_start_but_all_are_prepared(light: Runner) -> None:
    light.services[0]["prepare"] = preparation()
    light.services.append(service("worker", free_port()))
    assert list(light.ready("run", "worker")["services"]) == ["worker"]
    assert (light.folder / "prepared").exists()
    assert "http://127.0.0.1:" + light.variables["API_PORT"] not in light.stop(signal.SIGINT).out


def test_a_host_that_means_every_address_is_shown_as_one_to_open(light: Runner) -> None:
    light.variables["API_HOST"] = "0.0.0.0"
    facts = light.ready()
    assert facts["services"]["api"] == f"http://127.0.0.1:{light.variables['API_PORT']}"
    assert "serving on 0.0.0.0" in light.stop(signal.SIGINT).out


def test_migrate_brings_up_the_database_alone_and_stops(bare: Runner) -> None:
    bare.services[0]["prepare"] = preparation()
    ended = bare.run("migrate")
    assert (ended.status, ended.err) == (0, "")
    assert "api | preparing\n" in ended.out
    assert "Up to date: postgresql://workout:***@127.0.0.1" in ended.out
    assert (bare.data / "postgres" / "PG_VERSION").exists()
    assert not (bare.data / "valkey").exists()


def test_a_terminal_gets_colours(light: Runner) -> None:
    ours, theirs = os.openpty()
    light.start("run", stdout=theirs)
    os.close(theirs)
    seen = b""
    while b"serving" not in seen:
        seen += os.read(ours, 4096)
    light.stop(signal.SIGINT)
    os.close(ours)
    assert b"\x1b[36mapi |\x1b[0m serving on" in seen


@pytest.mark.parametrize("closed", [False, True], ids=["never read", "closed"])
def test_an_output_that_nobody_reads_holds_nothing_up(light: Runner, closed: bool) -> None:
    light.services = [service("api", int(light.variables["API_PORT"]), "flood")]
    process = light.start("run", stdout=subprocess.PIPE)
    assert process.stdout
    if closed:
        process.stdout.close()
    until(light.run_file.exists)
    ended = light.stop(signal.SIGTERM)
    process.stdout.close()
    assert (ended.status, ended.err) == (0, "")
    assert ended.seconds < 5
