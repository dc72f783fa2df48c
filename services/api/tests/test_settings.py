"""Settings: every variable by the name that the contract and the README give it, as itself or as a file."""

import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr, ValidationError
from redis.asyncio import ConnectionPool

from api.settings import ApiSettings, RateLimitSettings

# (variable, its text, the setting, its value): other values than the defaults.
VARIABLES: list[tuple[str, str, str, Any]] = [
    ("API_ENVIRONMENT", "development", "environment", "development"),
    ("API_ACCESS", "private", "access", "private"),
    ("API_HOST", "::", "host", "::"),
    ("API_PORT", "8080", "port", 8080),
    ("DATABASE_URL", "postgresql://u:p@h/d", "database_url", "postgresql://u:p@h/d"),
    ("API_POOL_SIZE", "7", "pool_size", 7),
    ("REDIS_PASSWORD", "secret", "redis_password", "secret"),
    ("REDIS_URL", "redis://:p@h:1/0", "redis_url", "redis://:p@h:1/0"),
    ("JWT_SECRET_KEY", "a secret", "jwt_secret_key", "a secret"),
    ("JWT_PREVIOUS_SECRET_KEYS", "one,two", "jwt_previous_secret_keys", ("one", "two")),
    ("API_ACCESS_TOKEN_SECONDS", "61", "access_token_seconds", 61),
    ("API_REFRESH_TOKEN_SECONDS", "62", "refresh_token_seconds", 62),
    ("API_SESSION_SECONDS", "63", "session_seconds", 63),
    ("API_BCRYPT_ROUNDS", "5", "bcrypt_rounds", 5),
    ("API_ADMIN_USERNAME", "root", "admin_username", "root"),
    ("API_ADMIN_PASSWORD", "first", "admin_password", "first"),
    ("API_SERVICE_ACCOUNTS_DIR", "/run/accounts", "service_accounts_dir", Path("/run/accounts")),
    ("API_TRUSTED_PROXIES", "10.42.0.0/16,::1", "trusted_proxies", ("10.42.0.0/16", "::1")),
    ("API_CORS_ORIGINS", "https://a.example", "cors_origins", ("https://a.example",)),
    ("API_MAX_BODY_BYTES", "2048", "max_body_bytes", 2048),
    ("LOG_FORMAT", "json", "log_format", "json"),
    ("LOG_LEVEL", "DEBUG", "log_level", "DEBUG"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318", "otlp_endpoint", "http://c:4318"),
    ("RATELIMIT_ENABLED", "false", "rate_limits.enabled", False),
    ("RATELIMIT_PUBLIC", "1/second", "rate_limits.public", "1/second"),
    ("RATELIMIT_AUTH", "2/second", "rate_limits.auth", "2/second"),
    ("RATELIMIT_SESSION", "11/second", "rate_limits.session", "11/second"),
    ("RATELIMIT_READ_ANONYMOUS", "3/second", "rate_limits.read_anonymous", "3/second"),
    ("RATELIMIT_READ_USER", "4/second", "rate_limits.read_user", "4/second"),
    ("RATELIMIT_READ_ADMIN", "5/second", "rate_limits.read_admin", "5/second"),
    ("RATELIMIT_WRITE_ANONYMOUS", "6/second", "rate_limits.write_anonymous", "6/second"),
    ("RATELIMIT_WRITE_USER", "7/second", "rate_limits.write_user", "7/second"),
    ("RATELIMIT_WRITE_ADMIN", "8/second", "rate_limits.write_admin", "8/second"),
    ("RATELIMIT_ADMIN", "9/second", "rate_limits.admin", "9/second"),
    ("RATELIMIT_SERVICE", "10/second", "rate_limits.service", "10/second"),
]
DEFAULTS: dict[str, Any] = {
    "environment": "development",
    "access": "open",
    "host": "127.0.0.1",
    "port": 8000,
    "database_password": None,
    "database_url": "postgresql://workout:workout123@localhost:5432/workout_tracker",
    "pool_size": 10,
    "redis_password": None,
    "redis_url": None,
    "jwt_secret_key": "development-only-secret-key-that-everybody-knows",
    "jwt_previous_secret_keys": (),
    "access_token_seconds": 1800,
    "refresh_token_seconds": 604_800,
    "session_seconds": 2_592_000,
    "bcrypt_rounds": 12,
    "admin_username": "admin",
    "admin_password": None,
    "service_accounts_dir": None,
    "trusted_proxies": (),
    "cors_origins": (),
    "max_body_bytes": 1_048_576,
    "log_format": "auto",
    "log_level": "INFO",
    "otlp_endpoint": None,
    "rate_limits.enabled": True,
    "rate_limits.public": "100/minute",
    "rate_limits.auth": "10/minute",
    "rate_limits.session": "60/minute",
    "rate_limits.read_anonymous": "60/minute",
    "rate_limits.read_user": "120/minute",
    "rate_limits.read_admin": "300/minute",
    "rate_limits.write_anonymous": "30/minute",
    "rate_limits.write_user": "60/minute",
    "rate_limits.write_admin": "150/minute",
    "rate_limits.admin": "100/minute",
    "rate_limits.service": "6000/minute",
}


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of ours is set (and these tests need no database)."""
    for name in list(os.environ):
        if name.startswith(("API_", "RATELIMIT_", "JWT_", "DATABASE_URL", "REDIS_URL", "LOG_", "OTEL_")):
            monkeypatch.delenv(name)


def flat(settings: BaseModel, prefix: str = "") -> dict[str, Any]:
    """All settings by name, secrets as text."""
    found: dict[str, Any] = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            found |= flat(value, f"{name}.")
        else:
            found[f"{prefix}{name}"] = value.get_secret_value() if isinstance(value, SecretStr) else value
    return found


def test_the_defaults_are_the_documented_ones() -> None:
    assert flat(ApiSettings()) == DEFAULTS


def test_every_setting_has_its_variable_here() -> None:
    fields = ApiSettings.model_fields | RateLimitSettings.model_fields
    apart = {"rate_limits", "database_password"}  # the default address has a password: a test of its own
    assert {name for name, *_ in VARIABLES} == {field.alias for name, field in fields.items() if name not in apart}
    assert {setting for _, _, setting, _ in VARIABLES} == set(DEFAULTS) - apart


@pytest.mark.parametrize(("name", "text", "setting", "value"), VARIABLES, ids=lambda value: str(value)[:24])
@pytest.mark.parametrize("as_file", [False, True])
def test_a_variable_sets_its_setting_and_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, text: str, setting: str, value: object, as_file: bool
) -> None:
    if as_file:
        (tmp_path / "value").write_text(f"{text}\n")
        name, text = f"{name}_FILE", str(tmp_path / "value")
    monkeypatch.setenv(name, text)
    assert flat(ApiSettings()) == DEFAULTS | {setting: value}


@pytest.mark.parametrize("name", [name for name, *_ in VARIABLES])
def test_an_empty_variable_is_an_absent_one(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")
    monkeypatch.setenv(f"{name}_FILE", "")
    assert flat(ApiSettings()) == DEFAULTS


FOREIGN = ["HOST", "PORT", "ACCESS", "ENVIRONMENT", "POOL_SIZE", "PUBLIC", "ADMIN", "AUTH", "SERVICE", "ENABLED"]
FOREIGN += ["ADMIN_USERNAME", "ADMIN_PASSWORD", "CORS_ORIGINS", "BCRYPT_ROUNDS", "API_DATABASE_URL", "SECRET_KEY"]


@pytest.mark.parametrize("name", FOREIGN)
def test_a_variable_of_somebody_else_means_nothing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "production" if name == "ENVIRONMENT" else "7")
    assert flat(ApiSettings()) == DEFAULTS


def test_a_file_beside_the_process_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("API_PORT=1\n")
    monkeypatch.chdir(tmp_path)
    assert ApiSettings().port == 8000


def test_a_value_given_in_code_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "port").write_text("1")
    monkeypatch.setenv("API_PORT_FILE", str(tmp_path / "port"))
    assert ApiSettings.model_validate({"port": 2}).port == 2


def test_settings_never_change() -> None:
    for settings, name in ((ApiSettings(), "port"), (RateLimitSettings(), "public")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(settings, name, "1")


LISTS = [("a", ("a",)), (" a , b,,c ,", ("a", "b", "c")), (" , ", ()), ("a b", ("a b",))]


@pytest.mark.parametrize(("text", "words"), LISTS)
def test_a_list_is_written_with_commas(monkeypatch: pytest.MonkeyPatch, text: str, words: tuple[str, ...]) -> None:
    monkeypatch.setenv("JWT_PREVIOUS_SECRET_KEYS", text)
    assert ApiSettings().jwt_previous_secret_keys == words


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_all_three_spellings_of_a_database_are_one(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://u:p%40@h:1/d?sslmode=require")
    assert ApiSettings().database_url.get_secret_value() == "postgresql://u:p%40@h:1/d?sslmode=require"


def test_a_password_may_come_beside_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "p@")
    monkeypatch.setenv("DATABASE_URL", "postgres://u@h:1/d")
    assert ApiSettings().database_url.get_secret_value() == "postgresql://u:p%40@h:1/d"


REDIS = ["redis://h", "redis://h/", "redis://h/0", "redis://:p@h:6379/15", "redis://u:p@h:6379/0?socket_timeout=3"]
REDIS += ["rediss://h:6380/1?ssl_cert_reqs=none", "redis://[::1]:6379/0", "redis://h:6379?db=4"]


@pytest.mark.parametrize("url", REDIS)
def test_rate_limits_have_database_two_wherever_redis_is(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("REDIS_URL", url)
    ours = ApiSettings().redis_limits_url
    assert ours is not None
    found, given = (dict(ConnectionPool.from_url(each).connection_kwargs) for each in (ours, url))
    given.pop("db", None)
    assert (found.pop("db"), found) == (2, given)


def test_without_redis_there_is_no_database_of_it() -> None:
    assert ApiSettings().redis_limits_url is None


def test_no_secret_stands_in_the_text_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "DATABASE_URL": "postgresql://u:canary-1@h/d",
        "REDIS_URL": "redis://:canary-2@h/0",
        "JWT_SECRET_KEY": "canary-3",
        "JWT_PREVIOUS_SECRET_KEYS": "canary-4,canary-5",
        "API_ADMIN_PASSWORD": "canary-6",
    }
    for name, text in secrets.items():
        monkeypatch.setenv(name, text)
    settings = ApiSettings()
    for text in (repr(settings), str(settings), f"{settings}", repr(settings.model_dump()["jwt_secret_key"])):
        assert "canary" not in text
