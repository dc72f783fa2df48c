"""Contract §5.3, and what a wrong value is answered with."""

from pathlib import Path

import pytest

from runtime.settings import load
from worker.settings import WorkerSettings

DEFAULTS = {
    "redis.host": "localhost",
    "redis.port": 6379,
    "redis.database": 1,
    "redis.cache_database": 0,
    "api_client.workout_api_url": "http://localhost:8000",
    "api_client.ai_coach_url": "http://localhost:8001",
    "api_client.timeout": 30,
    "worker.max_jobs": 10,
    "worker.job_timeout": 300,
    "worker.health_port": 8002,
    "schedule.mode": "arq",
    "schedule.enable_hourly_refresh": True,
    "schedule.enable_daily_warmup": True,
    "schedule.enable_weekly_cleanup": True,
    "schedule.warmup_hour": 6,
    "schedule.cleanup_day_of_week": 6,
    "schedule.cleanup_hour": 2,
    "refresh.concurrency": 5,
    "refresh.idempotency_ttl": 3600,
    "refresh.retry_delay": 5,
    "refresh.max_retries": 3,
    "warmup.pause": 0.5,
    "warmup.timeout": 3600,
}


def variable(name: str) -> str:
    """`redis.host` is WORKER_REDIS__HOST."""
    return "WORKER_" + name.upper().replace(".", "__")


def read(settings: WorkerSettings, name: str) -> object:
    """`redis.host` of the settings."""
    part, field = name.split(".")
    return getattr(getattr(settings, part), field)


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else's settings."""
    for name in DEFAULTS:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


def test_the_contracts_defaults() -> None:
    settings = load(WorkerSettings)
    assert {name: read(settings, name) for name in DEFAULTS} == DEFAULTS


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("redis.port", "6380", 6380),
        ("redis.database", "5", 5),
        ("api_client.workout_api_url", "http://api:8000/", "http://api:8000"),
        ("schedule.mode", "none", "none"),
        ("schedule.enable_daily_warmup", "false", False),
        ("refresh.retry_delay", "0.05", 0.05),
        ("warmup.pause", "0", 0),
    ],
)
def test_each_has_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object) -> None:
    monkeypatch.setenv(variable(name), text)
    assert read(load(WorkerSettings), name) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("redis.port", "0"),
        ("redis.database", "-1"),
        ("api_client.workout_api_url", "api:8000"),
        ("api_client.timeout", "0"),
        ("worker.max_jobs", "none"),
        ("worker.health_port", "65536"),
        ("schedule.mode", "cron"),
        ("schedule.enable_weekly_cleanup", "perhaps"),
        ("schedule.warmup_hour", "24"),
        ("schedule.cleanup_day_of_week", "7"),
        ("schedule.cleanup_hour", "-1"),
        ("refresh.concurrency", "0"),
        ("refresh.idempotency_ttl", "0"),
        ("refresh.idempotency_ttl", "9223372036854775"),
        ("refresh.max_retries", "-1"),
        ("warmup.pause", "-1"),
    ],
)
def test_a_wrong_value_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    monkeypatch.setenv(variable(name), text)
    with pytest.raises(SystemExit) as ended:
        load(WorkerSettings)
    assert ended.value.code == 78
    assert f"\n  {variable(name)}: " in capsys.readouterr().err


def test_passwords_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("p@ss/word\n")
    for name in ("WORKER_REDIS__PASSWORD", "WORKER_API_CLIENT__PASSWORD"):
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("WORKER_API_CLIENT__USERNAME", "worker")
    monkeypatch.setenv("WORKER_REDIS__HOST", "redis")
    settings = load(WorkerSettings)
    assert settings.api_client.password is not None
    assert settings.api_client.password.get_secret_value() == "p@ss/word"
    assert settings.redis_at(1) == "redis://:p%40ss%2Fword@redis:6379/1"
    assert "p@ss" not in repr(settings)


@pytest.mark.parametrize("half", ["USERNAME", "PASSWORD"])
def test_half_an_account_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], half: str
) -> None:
    monkeypatch.setenv(f"WORKER_API_CLIENT__{half}", "s3cr3t")
    with pytest.raises(SystemExit):
        load(WorkerSettings)
    error = capsys.readouterr().err
    assert "WORKER_API_CLIENT: of an account's USERNAME and PASSWORD there is only one" in error
    assert "s3cr3t" not in error


@pytest.mark.parametrize(
    "url",
    [
        "http://:s3cr3t@h",
        "redis://:s3cr3t@h:abc",
        "redis://:s3cr3t@[::1",
        "redis://h?s3cr3t=1",
        "redis://:p/s3cr3t@h/0",
    ],
)
def test_what_is_no_redis_is_refused_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    monkeypatch.setenv("REDIS_URL", url)
    with pytest.raises(SystemExit) as ended:
        load(WorkerSettings)
    assert ended.value.code == 78
    error = capsys.readouterr().err
    assert "\n  REDIS_URL: must be a URL such as redis://" in error
    assert "s3cr3t" not in error


def test_where_redis_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(WorkerSettings).redis_at(1) == "redis://localhost:6379/1"
    monkeypatch.setenv("REDIS_URL", "rediss://me:word@valkey:7000/5")
    assert load(WorkerSettings).redis_at(1) == "rediss://me:word@valkey:7000/1"
    monkeypatch.setenv("WORKER_REDIS__HOST", "fd00::1")
    assert load(WorkerSettings).redis_at(0) == "redis://[fd00::1]:6379/0"
