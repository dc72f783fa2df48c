"""Settings: every variable by its name, as itself or as a file; what cannot be is refused by that name."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from ai_coach.settings import CACHE_DATABASE, LIMIT_DATABASE, CoachSettings
from runtime.settings import load

# (variable, its text, the setting, its value): other values than the defaults.
VARIABLES: list[tuple[str, str, str, Any]] = [
    ("AI_COACH_HOST", "::", "host", "::"),
    ("AI_COACH_PORT", "8080", "port", 8080),
    ("AI_COACH_AUTH", "open", "auth", "open"),  # `token` has a test of its own
    ("WORKOUT_API_URL", "http://api:8000", "api_url", "http://api:8000"),
    ("AI_COACH_USERNAME", "ai-coach", "username", "ai-coach"),
    ("AI_COACH_PASSWORD", "secret", "password", "secret"),
    ("AI_COACH_CONTEXT_TIMEOUT", "2.5", "context_timeout", 2.5),
    ("REDIS_PASSWORD", "secret", "redis_password", "secret"),
    ("REDIS_URL", "redis://:p@h:1/0", "redis_url", "redis://:p@h:1/0"),
    ("AI_COACH_CACHE_SECONDS", "0", "cache_seconds", 0),
    ("AI_MODEL", "rules", "model", "rules"),
    ("AI_FALLBACK_MODELS", "openai-chat:a, rules", "fallback_models", ("openai-chat:a", "rules")),
    ("ANTHROPIC_API_KEY", "key", "anthropic_key", "key"),
    ("OPENAI_API_KEY", "key", "openai_key", "key"),
    ("AI_TEMPERATURE", "0", "temperature", 0.0),
    ("AI_MAX_TOKENS", "200", "max_tokens", 200),
    ("AI_COACH_DEADLINE", "1", "deadline", 1.0),
    ("AI_COACH_SHUTDOWN", "40", "shutdown", 40),
    ("AI_DAILY_TOKEN_BUDGET", "0", "daily_tokens", 0),
    ("AI_DAILY_TOKEN_BUDGET_USER", "7", "daily_tokens_per_user", 7),
    ("AI_BREAKER_FAILURES", "1", "breaker_failures", 1),
    ("AI_BREAKER_SECONDS", "0.5", "breaker_seconds", 0.5),
    ("AI_COACH_RATELIMIT_ENABLED", "false", "limits_enabled", False),
    ("AI_COACH_RATELIMIT_ANONYMOUS", "1/second", "limit_anonymous", "1/second"),
    ("AI_COACH_RATELIMIT_USER", "2/second", "limit_user", "2/second"),
    ("AI_COACH_RATELIMIT_SERVICE", "3/second", "limit_service", "3/second"),
    ("AI_COACH_TRUSTED_PROXIES", "10.42.0.0/16,::1", "trusted_proxies", ("10.42.0.0/16", "::1")),
    ("AI_COACH_CORS_ORIGINS", "https://a.example", "cors_origins", ("https://a.example",)),
    ("AI_COACH_MAX_BODY_BYTES", "2048", "max_body_bytes", 2048),
    ("LOG_FORMAT", "json", "log_format", "json"),
    ("LOG_LEVEL", "DEBUG", "log_level", "DEBUG"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318", "otlp_endpoint", "http://c:4318"),
]
DEFAULTS: dict[str, Any] = {
    "host": "127.0.0.1",
    "port": 8001,
    "auth": "open",
    "api_url": "http://localhost:8000",
    "username": None,
    "password": None,
    "context_timeout": 1.5,
    "redis_password": None,
    "redis_url": None,
    "cache_seconds": 86_400,
    "model": "anthropic:claude-haiku-5-5",
    "fallback_models": (),
    "anthropic_key": None,
    "openai_key": None,
    "temperature": 0.7,
    "shutdown": 3,
    "max_tokens": 2000,
    "deadline": 30.0,
    "daily_tokens": 1_000_000,
    "daily_tokens_per_user": 100_000,
    "breaker_failures": 3,
    "breaker_seconds": 30.0,
    "limits_enabled": True,
    "limit_anonymous": "20/minute",
    "limit_user": "40/minute",
    "limit_service": "6000/minute",
    "trusted_proxies": (),
    "cors_origins": (),
    "max_body_bytes": 2_097_152,
    "log_format": "auto",
    "log_level": "INFO",
    "otlp_endpoint": None,
}
REFUSED = [
    ("AI_COACH_PORT", "0"),
    ("AI_COACH_PORT", "65536"),
    ("AI_COACH_AUTH", "closed"),
    ("AI_COACH_CONTEXT_TIMEOUT", "0"),
    ("AI_COACH_CONTEXT_TIMEOUT", "31"),
    ("AI_COACH_CACHE_SECONDS", "-1"),
    ("AI_TEMPERATURE", "2.1"),
    ("AI_TEMPERATURE", "warm"),
    ("AI_MAX_TOKENS", "199"),
    ("AI_MAX_TOKENS", "32001"),
    ("AI_COACH_DEADLINE", "0.9"),
    ("AI_COACH_DEADLINE", "301"),
    ("AI_DAILY_TOKEN_BUDGET", "-1"),
    ("AI_DAILY_TOKEN_BUDGET_USER", "many"),
    ("AI_BREAKER_FAILURES", "0"),
    ("AI_BREAKER_SECONDS", "0"),
    ("AI_COACH_RATELIMIT_ENABLED", "perhaps"),
    ("AI_COACH_RATELIMIT_ANONYMOUS", "often"),
    ("AI_COACH_RATELIMIT_USER", "1/minute;2/hour"),
    ("AI_COACH_RATELIMIT_SERVICE", "x/minute"),
    ("AI_COACH_TRUSTED_PROXIES", "everywhere"),
    ("AI_COACH_CORS_ORIGINS", "gym.example.org"),
    ("AI_COACH_MAX_BODY_BYTES", "1023"),
    ("LOG_FORMAT", "xml"),
    ("LOG_LEVEL", "TRACE"),
]


def flat(settings: BaseModel) -> dict[str, Any]:
    """All settings by name, secrets as text."""
    values = {name: getattr(settings, name) for name in type(settings).model_fields}
    return {name: v.get_secret_value() if isinstance(v, SecretStr) else v for name, v in values.items()}


def test_the_defaults_are_the_documented_ones() -> None:
    assert flat(CoachSettings()) == DEFAULTS


def test_every_setting_has_its_variable_here_and_says_what_it_is_for() -> None:
    assert {name for name, *_ in VARIABLES} == {field.alias for field in CoachSettings.model_fields.values()}
    assert {setting for _, _, setting, _ in VARIABLES} == set(DEFAULTS)
    assert all(field.description for field in CoachSettings.model_fields.values())


@pytest.mark.parametrize(("name", "text", "setting", "value"), VARIABLES, ids=lambda value: str(value)[:24])
@pytest.mark.parametrize("as_file", [False, True])
def test_a_variable_sets_its_setting_and_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, text: str, setting: str, value: object, as_file: bool
) -> None:
    if as_file:
        (tmp_path / "value").write_text(f"{text}\n")
        name, text = f"{name}_FILE", str(tmp_path / "value")
    monkeypatch.setenv(name, text)
    assert flat(CoachSettings()) == DEFAULTS | {setting: value}


@pytest.mark.parametrize("name", [name for name, *_ in VARIABLES])
def test_an_empty_variable_is_an_absent_one(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")
    monkeypatch.setenv(f"{name}_FILE", "")
    assert flat(CoachSettings()) == DEFAULTS


@pytest.mark.parametrize("name", ["HOST", "PORT", "AUTH", "MODEL", "USERNAME", "PASSWORD", "DEADLINE", "API_URL"])
def test_a_variable_of_somebody_else_means_nothing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "7")
    assert flat(CoachSettings()) == DEFAULTS


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_a_value_that_cannot_be_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(SystemExit) as ended:
        load(CoachSettings)
    assert ended.value.code == 78
    assert f"{name}: " in capsys.readouterr().err.replace(f"{name}.0: ", f"{name}: ").replace(
        f"{name}__0: ", f"{name}: "
    )


def test_tokens_are_checked_as_a_service_account(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AI_COACH_AUTH", "token")
    with pytest.raises(SystemExit):
        load(CoachSettings)
    assert "AI_COACH_USERNAME and AI_COACH_PASSWORD" in capsys.readouterr().err
    monkeypatch.setenv("AI_COACH_USERNAME", "ai-coach")
    monkeypatch.setenv("AI_COACH_PASSWORD", "secret")
    assert load(CoachSettings).auth == "token"


def test_no_secret_stands_in_the_text_of_the_settings() -> None:
    settings = CoachSettings.model_validate({"password": "canary-1", "redis_url": "redis://:canary-2@h/0"})
    assert "canary" not in f"{settings!r} {settings}"


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        CoachSettings().port = 1  # type: ignore[misc]


def test_answers_and_limits_have_databases_of_their_own_wherever_redis_is() -> None:
    settings = CoachSettings.model_validate({"redis_url": "redis://:p@h:1/7?socket_timeout=3"})
    assert settings.redis(CACHE_DATABASE) == "redis://:p@h:1/0?socket_timeout=3"
    assert settings.redis(LIMIT_DATABASE) == "redis://:p@h:1/2?socket_timeout=3"
    assert CoachSettings().redis(CACHE_DATABASE) is None
