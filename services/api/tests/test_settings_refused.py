"""Settings that a process cannot start with: it ends with 78 and a line for each, which names the variable."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from api.settings import ApiSettings
from runtime.settings import load

Refuse = Callable[[dict[str, str]], list[str]]
GOOD = {
    "API_ENVIRONMENT": "production",
    "JWT_SECRET_KEY": "x" * 32,
    "DATABASE_URL": "postgresql://workout:another@db/workout_tracker",
}
DEFAULT_SECRET = "development-only-secret-key-that-everybody-knows"


def ours(name: str) -> bool:
    return name.startswith(("API_", "RATELIMIT_", "JWT_", "DATABASE_URL", "REDIS_URL", "LOG_", "OTEL_"))


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of ours is set (and these tests need no database)."""
    for name in filter(ours, list(os.environ)):
        monkeypatch.delenv(name)


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refuse:
    """The lines that a process ends with which has these variables."""

    def lines(variables: dict[str, str]) -> list[str]:
        for name, text in variables.items():
            monkeypatch.setenv(name, text)
        with pytest.raises(SystemExit) as end:
            load(ApiSettings)
        assert end.value.code == 78
        out, err = capsys.readouterr()
        assert out == ""
        first, *rest = err.splitlines()
        assert first == "Cannot start:"
        assert all(line.startswith("  ") for line in rest)
        return [line.strip() for line in rest]

    return lines


def accepted(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> ApiSettings:
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    return load(ApiSettings)


BAD = [
    ("API_ENVIRONMENT", "staging"),
    ("API_ACCESS", "closed"),
    ("API_ACCESS", "OPEN"),
    ("API_PORT", "http"),
    ("API_POOL_SIZE", "1.5"),
    ("DATABASE_URL", "mysql://u:canary@h/d"),
    ("DATABASE_URL", "postgresql:u:canary@h/d"),
    ("DATABASE_URL", "canary"),
    ("API_TRUSTED_PROXIES", "10.42.0.0/33"),
    ("API_TRUSTED_PROXIES", "127.0.0.1,proxy.example"),
    ("API_TRUSTED_PROXIES", "*"),
    ("API_CORS_ORIGINS", "*"),
    ("API_CORS_ORIGINS", "null"),
    ("API_CORS_ORIGINS", "gym.example.org"),
    ("API_CORS_ORIGINS", "ftp://gym.example.org"),
    ("API_CORS_ORIGINS", "https://"),
    ("API_CORS_ORIGINS", "https://["),
    ("API_CORS_ORIGINS", "https://gym.example.org/"),
    ("API_CORS_ORIGINS", "https://gym.example.org?x=y"),
    ("API_CORS_ORIGINS", "https://a.example,b.example"),
    ("LOG_FORMAT", "xml"),
    ("LOG_LEVEL", "loud"),
    ("RATELIMIT_ENABLED", "perhaps"),
    ("RATELIMIT_READ_USER", "sixty"),
    ("RATELIMIT_AUTH", "10/fortnight"),
    ("RATELIMIT_SERVICE", "-1/minute"),
]


@pytest.mark.parametrize(("name", "text"), BAD)
def test_a_bad_value_is_refused_with_the_name_of_its_variable(refuse: Refuse, name: str, text: str) -> None:
    (line,) = refuse({name: text})
    assert line.startswith(name)
    assert "canary" not in line


# (variable, the least and the greatest value; None: there is none)
RANGES = [
    ("API_PORT", 1, 65_535),
    ("API_POOL_SIZE", 1, 200),
    ("API_ACCESS_TOKEN_SECONDS", 60, 86_400),
    ("API_REFRESH_TOKEN_SECONDS", 60, None),
    ("API_SESSION_SECONDS", 60, None),
    ("API_BCRYPT_ROUNDS", 4, 16),
    ("API_MAX_BODY_BYTES", 1024, None),
]


@pytest.mark.parametrize(("name", "least", "greatest"), RANGES)
def test_a_number_keeps_within_its_range(
    monkeypatch: pytest.MonkeyPatch, refuse: Refuse, name: str, least: int, greatest: int | None
) -> None:
    for good in filter(None, (least, greatest)):
        accepted(monkeypatch, {name: str(good)})
    for bad in [least - 1] + ([greatest + 1] if greatest else []):
        (line,) = refuse({name: str(bad)})
        assert line.startswith(f"{name}: ")


SENTENCES = [
    ("DATABASE_URL", "mysql://h/d", "must begin with postgresql://"),
    ("API_TRUSTED_PROXIES", "proxy", "'proxy' is neither an IP address nor a network such as 10.42.0.0/16"),
    ("API_CORS_ORIGINS", "gym", "'gym' is not an origin such as https://gym.example.org"),
    ("RATELIMIT_AUTH", "often", "not a rate limit: write it like 60/minute or 10/second"),
]


@pytest.mark.parametrize(("name", "text", "sentence"), SENTENCES)
def test_a_line_says_what_would_be_right(refuse: Refuse, name: str, text: str, sentence: str) -> None:
    (line,) = refuse({name: text})
    assert line.endswith(f": {sentence}") or line.endswith(f", {sentence}")


def test_every_wrong_variable_gets_a_line(refuse: Refuse) -> None:
    lines = refuse({"API_PORT": "x", "API_POOL_SIZE": "0", "LOG_LEVEL": "loud", "API_HOST": "fine"})
    assert sorted(line.partition(":")[0] for line in lines) == ["API_POOL_SIZE", "API_PORT", "LOG_LEVEL"]


@pytest.mark.parametrize("name", ["API_PORT", "JWT_SECRET_KEY", "DATABASE_URL", "RATELIMIT_AUTH"])
def test_a_variable_and_its_file_together_are_refused(refuse: Refuse, tmp_path: Path, name: str) -> None:
    (tmp_path / "value").write_text("canary-1")
    (line,) = refuse({name: "canary-2", f"{name}_FILE": str(tmp_path / "value")})
    assert line == f"{name} and {name}_FILE are both set: keep one of them"


@pytest.mark.parametrize("name", ["API_PORT", "JWT_SECRET_KEY", "RATELIMIT_AUTH"])
@pytest.mark.parametrize("file", ["nowhere", ".", "latin-1"])
def test_a_file_that_cannot_be_read_is_refused(refuse: Refuse, tmp_path: Path, name: str, file: str) -> None:
    (tmp_path / "latin-1").write_bytes(b"caf\xe9")
    (line,) = refuse({f"{name}_FILE": str(tmp_path / file)})
    assert line.startswith(f"{name}_FILE: {tmp_path / file} cannot be read")


CONTENTS = [("a\n", "a"), ("a\r\n", "a"), ("a", "a"), ("a\n\n", "a\n"), (" a ", " a ")]


@pytest.mark.parametrize(("content", "value"), CONTENTS)
def test_a_files_last_line_break_is_not_part_of_the_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str, value: str
) -> None:
    (tmp_path / "value").write_bytes(content.encode())
    settings = accepted(monkeypatch, {"JWT_SECRET_KEY_FILE": str(tmp_path / "value")})
    assert settings.jwt_secret_key.get_secret_value() == value


DEFAULT = "{} is the development default: set a random one of 32 bytes or more"
SHORT = "{} is shorter than 32 bytes: set a random one"
DATABASE = "DATABASE_URL is the development default: set your own"
SECRET, PREVIOUS = "JWT_SECRET_KEY", "JWT_PREVIOUS_SECRET_KEYS"
UNSAFE = [
    (SECRET, DEFAULT_SECRET, DEFAULT.format(SECRET)),
    (SECRET, "", DEFAULT.format(SECRET)),
    (SECRET, "x" * 31, SHORT.format(SECRET)),
    (SECRET, "\u00e9" * 15, SHORT.format(SECRET)),
    (PREVIOUS, f"{'y' * 32},{DEFAULT_SECRET}", DEFAULT.format(PREVIOUS)),
    (PREVIOUS, f"{'y' * 32},{'y' * 31}", SHORT.format(PREVIOUS)),
    ("DATABASE_URL", "", DATABASE),
    ("DATABASE_URL", "postgres://workout:workout123@localhost:5432/workout_tracker", DATABASE),
    ("API_ADMIN_PASSWORD", "1234567", "API_ADMIN_PASSWORD is shorter than 8 characters"),
    ("API_BCRYPT_ROUNDS", "9", "API_BCRYPT_ROUNDS is below 10"),
]


@pytest.mark.parametrize(("name", "text", "sentence"), UNSAFE)
def test_production_refuses_what_is_unsafe_by_its_name(
    monkeypatch: pytest.MonkeyPatch, refuse: Refuse, name: str, text: str, sentence: str
) -> None:
    (line,) = refuse(GOOD | {name: text})
    assert line.endswith(sentence)
    monkeypatch.setenv("API_ENVIRONMENT", "development")
    load(ApiSettings)


SAFE = [{"JWT_SECRET_KEY": "\u00e9" * 16}, {"JWT_PREVIOUS_SECRET_KEYS": "y" * 32}, {"API_ADMIN_PASSWORD": "12345678"}]
SAFE += [{}, {"API_BCRYPT_ROUNDS": "10"}, {"DATABASE_URL": "postgresql://workout:workout123@db/workout_tracker"}]


@pytest.mark.parametrize("variables", SAFE)
def test_production_starts_with_secrets_of_its_own(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    assert accepted(monkeypatch, GOOD | variables).environment == "production"


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_the_command_ends_with_78_and_says_why_on_stderr(command: str) -> None:
    environment = {name: text for name, text in os.environ.items() if not ours(name)}
    environment |= GOOD | {"JWT_SECRET_KEY": "canary"}
    run = [sys.executable, "-m", "api", command]
    ended = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=30)
    assert (ended.returncode, ended.stdout) == (78, "")
    assert ended.stderr.splitlines()[0] == "Cannot start:"
    assert "JWT_SECRET_KEY is shorter than 32 bytes" in ended.stderr
    assert "canary" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 2
