"""Settings that a process cannot start with: one line for each, naming the variable, and exit code 78."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from runtime.limits import Rate
from runtime.settings import Settings, load

NOT_A_NUMBER = "Input should be a valid integer, unable to parse string as an integer"


class Store(BaseModel):
    """Something with settings of its own."""

    port: int = 6379


class Limits(Settings):
    """Settings within settings, with a prefix of their own."""

    model_config = SettingsConfigDict(env_prefix="LIMIT_")

    read: Rate = "60/minute"


class Gym(Settings):
    """Fields with a prefix, nested, and with an alias."""

    model_config = SettingsConfigDict(env_prefix="GYM_")

    racks: int = Field(1, ge=1)
    token: SecretStr | None = None
    days: list[str] = []
    store: Store = Store()
    floor: int = Field(0, alias="FLOOR")


class Building(Settings):
    """Fields that are called what their alias says."""

    floor: int = Field(0, alias="FLOOR")
    ceiling: bool = Field(False, alias="CEILING")


class Nested(Settings):
    """A nested field without any prefix."""

    store: Store = Store()


class Strict(Settings):
    """A rule over several fields."""

    @model_validator(mode="after")
    def _never(self) -> "Strict":
        raise ValueError("no floor, no gym")


class Whole(Settings):
    """Settings that make others."""

    limits: Limits = Field(default_factory=Limits)


Refused = Callable[[type[Settings]], list[str]]


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """`refused(Gym)`: the lines that a process says before it ends, without the heading."""

    def read(kind: type[Settings]) -> list[str]:
        with pytest.raises(SystemExit) as end:
            load(kind)
        assert end.value.code == 78
        out, err = capsys.readouterr()
        assert out == ""
        assert err.endswith("\n")
        heading, *lines = err.removesuffix("\n").split("\n")
        assert heading == "Cannot start:"
        assert all(line.startswith("  ") for line in lines)
        return [line[2:] for line in lines]

    return read


def test_good_settings_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GYM_RACKS", "2")
    assert load(Gym).racks == 2


@pytest.mark.parametrize(
    ("given", "meant"),
    [("GYM_RAKS", "GYM_RACKS"), ("GYM__RACKS", "GYM_RACKS"), ("GYM_TOKEN_FIEL", "GYM_TOKEN_FILE"), ("STORE", None),
     ("GYM_STORE_PORT", "GYM_STORE__PORT"), ("LIMITS_READ", "LIMIT_READ"), ("gym_raks", "GYM_RACKS"), ("PATH", None)],
)  # fmt: skip
def test_a_variable_that_is_nearly_a_setting_is_told_and_no_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: str, meant: str | None
) -> None:
    class Hall(Gym):
        limits: Limits = Field(default_factory=Limits)

    monkeypatch.setenv(given, "7")
    assert load(Hall).racks == 1
    told = f"{given.upper()} is set, and there is no such setting: is {meant} meant?\n" if meant else ""
    assert capsys.readouterr().err == told


def test_it_is_told_where_the_right_one_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Needy(Settings):
        secret: SecretStr = Field(alias="GYM_SECRET")

    monkeypatch.setenv("GYM_SERCET", "canary")
    with pytest.raises(SystemExit):
        load(Needy)
    told, *rest = capsys.readouterr().err.splitlines()
    assert told == "GYM_SERCET is set, and there is no such setting: is GYM_SECRET meant?"
    assert rest == ["Cannot start:", "  GYM_SECRET: Field required"]


def test_what_is_meant_by_nobody_is_not_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GYM_RAKS", "7")
    monkeypatch.setenv("GYM_RACKS", "2")
    assert load(Gym).racks == 2
    assert capsys.readouterr().err == ""


def test_each_wrong_variable_has_a_line(monkeypatch: pytest.MonkeyPatch, refused: Refused) -> None:
    monkeypatch.setenv("FLOOR", "cellar")
    monkeypatch.setenv("CEILING", "sky")
    assert refused(Building) == [
        f"FLOOR: {NOT_A_NUMBER}",
        "CEILING: Input should be a valid boolean, unable to interpret input",
    ]


def test_a_line_names_the_variable_with_its_prefix(monkeypatch: pytest.MonkeyPatch, refused: Refused) -> None:
    monkeypatch.setenv("GYM_RACKS", "0")
    monkeypatch.setenv("FLOOR", "cellar")
    assert refused(Gym) == ["GYM_RACKS: Input should be greater than or equal to 1", f"FLOOR: {NOT_A_NUMBER}"]


def test_a_line_names_the_variable_of_a_nested_field(monkeypatch: pytest.MonkeyPatch, refused: Refused) -> None:
    monkeypatch.setenv("STORE__PORT", "many")
    (line,) = refused(Nested)
    name, _, words = line.partition(": ")
    assert (name.upper(), words) == ("STORE__PORT", NOT_A_NUMBER)
    monkeypatch.setenv("GYM_STORE__PORT", "many")
    assert refused(Gym) == [f"GYM_STORE__PORT: {NOT_A_NUMBER}"]


def test_a_line_names_the_variable_of_settings_within_settings(
    monkeypatch: pytest.MonkeyPatch, refused: Refused
) -> None:
    monkeypatch.setenv("LIMIT_READ", "often")
    (line,) = refused(Whole)
    name, _, words = line.partition(": ")
    assert name == "LIMIT_READ"
    assert words.removeprefix("Value error, ") == "not a rate limit: write it like 60/minute or 10/second"


def test_a_rule_over_several_fields_is_named_after_the_settings(refused: Refused) -> None:
    assert refused(Strict) == ["no floor, no gym"]


def test_a_refused_value_is_not_repeated(monkeypatch: pytest.MonkeyPatch, refused: Refused) -> None:
    monkeypatch.setenv("FLOOR", "canary")
    assert "canary" not in "".join(refused(Building))


def test_malformed_json_is_refused_like_any_other_value(monkeypatch: pytest.MonkeyPatch, refused: Refused) -> None:
    monkeypatch.setenv("GYM_DAYS", '["canary"')
    (line,) = refused(Gym)
    assert "GYM_DAYS" in line.upper()
    assert "canary" not in line


def test_a_name_and_its_file_may_not_both_be_set(
    monkeypatch: pytest.MonkeyPatch, refused: Refused, tmp_path: Path
) -> None:
    (tmp_path / "floor").write_text("1")
    monkeypatch.setenv("FLOOR", "1")
    monkeypatch.setenv("FLOOR_FILE", str(tmp_path / "floor"))
    assert refused(Building) == ["FLOOR and FLOOR_FILE are both set: keep one of them"]


def test_a_conflict_with_a_file_is_named_with_the_prefix(
    monkeypatch: pytest.MonkeyPatch, refused: Refused, tmp_path: Path
) -> None:
    monkeypatch.setenv("GYM_TOKEN", "canary")
    monkeypatch.setenv("GYM_TOKEN_FILE", str(tmp_path / "token"))
    assert refused(Gym) == ["GYM_TOKEN and GYM_TOKEN_FILE are both set: keep one of them"]


def test_a_missing_file_is_named(monkeypatch: pytest.MonkeyPatch, refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "nowhere"
    monkeypatch.setenv("FLOOR_FILE", str(path))
    assert refused(Building) == [f"FLOOR_FILE: {path} cannot be read: No such file or directory"]


def test_a_folder_is_not_a_file(monkeypatch: pytest.MonkeyPatch, refused: Refused, tmp_path: Path) -> None:
    monkeypatch.setenv("GYM_TOKEN_FILE", str(tmp_path))
    (line,) = refused(Gym)
    assert line.startswith(f"GYM_TOKEN_FILE: {tmp_path} cannot be read: ")


def test_a_file_that_is_not_text_is_refused(monkeypatch: pytest.MonkeyPatch, refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "floor").write_bytes(b"\xff\xfe1")
    monkeypatch.setenv("FLOOR_FILE", str(tmp_path / "floor"))
    (line,) = refused(Building)
    assert line.startswith(f"FLOOR_FILE: {tmp_path / 'floor'} cannot be read: ")


def test_a_wrong_value_in_a_file_is_refused_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, refused: Refused, tmp_path: Path
) -> None:
    (tmp_path / "floor").write_text("canary")
    monkeypatch.setenv("FLOOR_FILE", str(tmp_path / "floor"))
    (line,) = refused(Building)
    assert line.startswith("FLOOR")
    assert line.endswith(f": {NOT_A_NUMBER}")


def test_settings_within_settings_are_read_when_they_are_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIMIT_READ", "2/second")
    assert load(Whole).limits.read == "2/second"
