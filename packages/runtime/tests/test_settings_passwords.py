"""Addresses in the open, their passwords in files: how a cluster gives them."""

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import AfterValidator, Field, SecretStr

from runtime.settings import Settings, load, with_password


class Reaching(Settings):
    """What a service declares."""

    redis_password: SecretStr | None = Field(None, alias="REDIS_PASSWORD")
    redis_url: Annotated[SecretStr | None, AfterValidator(with_password)] = Field(None, alias="REDIS_URL")


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("redis://cache:6379", "redis://:p%40ss%2F%3A@cache:6379"),
        ("redis://cache:6379/2?x=1", "redis://:p%40ss%2F%3A@cache:6379/2?x=1"),
        ("rediss://me@cache", "rediss://me:p%40ss%2F%3A@cache"),
        ("postgresql://me@[::1]:5432/db", "postgresql://me:p%40ss%2F%3A@[::1]:5432/db"),
    ],
)
def test_the_password_of_a_file_gets_into_the_address(
    url: str, whole: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("p@ss/:\n")
    monkeypatch.setenv("REDIS_URL", url)
    monkeypatch.setenv("REDIS_PASSWORD_FILE", str(tmp_path / "password"))
    settings = load(Reaching)
    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value() == whole
    assert "p%40ss" not in repr(settings)


def test_an_address_without_a_password_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:inside@cache:6379")
    assert load(Reaching).redis_url == SecretStr("redis://:inside@cache:6379")


def test_a_password_without_an_address_is_of_no_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", "p")
    assert load(Reaching).redis_url is None


def test_two_passwords_are_refused_and_none_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:inside@cache:6379")
    monkeypatch.setenv("REDIS_PASSWORD", "other")
    with pytest.raises(SystemExit):
        load(Reaching)
    printed = capsys.readouterr().err
    assert "REDIS_URL: it has a password already" in printed
    assert "inside" not in printed
    assert "other" not in printed
