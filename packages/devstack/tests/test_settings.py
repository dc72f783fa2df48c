"""What the environment says, by itself or through files."""

from pathlib import Path

import pytest

from devstack.errors import DevstackError
from devstack.services import SERVICES
from devstack.settings import load


def test_the_defaults() -> None:
    settings = load({}, SERVICES)
    assert settings.data_dir == Path.cwd() / ".data"
    assert settings.database_url == "postgresql://workout:workout123@127.0.0.1:15432/workout_tracker"
    assert settings.redis_url == "redis://127.0.0.1:16379"
    assert settings.environment_for(SERVICES[0]) == {
        "AI_COACH_PORT": "8001",
        "MCP_PORT": "8003",
        "API_PORT": "8000",
        "API_SERVICE_ACCOUNTS_DIR": str(Path.cwd() / ".data" / "secrets" / "service-accounts"),
        "API_TRUSTED_PROXIES": "127.0.0.1",
        "DATABASE_URL": "postgresql://workout:workout123@127.0.0.1:15432/workout_tracker",
        "DATA_DIR": str(Path.cwd() / ".data"),
        "FRONTEND_PORT": "3000",
        "LOG_FORMAT": "text",
        "PYTHONUNBUFFERED": "1",
        "REDIS_URL": "redis://127.0.0.1:16379",
        "WORKER_WORKER__HEALTH_PORT": "8002",
    }


def test_the_coach_is_told_where_the_api_is_and_who_it_is_itself() -> None:
    environment = load({"API_PORT": "8100"}, SERVICES).environment_for(SERVICES[1])
    accounts = Path.cwd() / ".data" / "secrets" / "service-accounts"
    assert environment["WORKOUT_API_URL"] == "http://127.0.0.1:8100"
    assert (environment["AI_COACH_USERNAME"], environment["AI_COACH_PASSWORD_FILE"]) == (
        "ai-coach",
        str(accounts / "ai-coach"),
    )


def test_empty_counts_as_not_set() -> None:
    empty = dict.fromkeys(("DATA_DIR", "DATABASE_URL", "REDIS_URL", "API_PORT", "API_HOST", "LOG_FORMAT"), "")
    assert load(empty, SERVICES).environment_for(SERVICES[0]) == {
        **load({}, SERVICES).environment_for(SERVICES[0]),
        "API_HOST": "",
    }


def test_values_from_files(tmp_path: Path) -> None:
    url, access = tmp_path / "url", tmp_path / "access"
    url.write_text("postgresql://h/d\n")
    access.write_text("private")
    environment = {"DATABASE_URL_FILE": str(url), "API_ACCESS_FILE": str(access), "LOG_FORMAT_FILE": str(access)}
    settings = load(environment, SERVICES)
    assert settings.given_database_url == "postgresql://h/d"
    assert settings.value("API_ACCESS", "open") == "private"
    passed_on = settings.environment_for(SERVICES[0])
    assert passed_on["DATABASE_URL"] == "postgresql://h/d"
    assert "DATABASE_URL_FILE" not in passed_on
    assert "LOG_FORMAT" not in passed_on


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(DevstackError, match="REDIS_URL_FILE: .* cannot be read"):
        load({"REDIS_URL_FILE": str(tmp_path / "none")}, SERVICES)
    with pytest.raises(DevstackError, match="REDIS_URL and REDIS_URL_FILE are both set"):
        load({"REDIS_URL": "redis://h", "REDIS_URL_FILE": "x"}, SERVICES)
