"""Settings: where a value comes from, and which one wins."""

from pathlib import Path

import pytest
from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from runtime.settings import Settings


class Store(BaseModel):
    """Something with settings of its own."""

    host: str = "localhost"
    port: int = 6379
    password: SecretStr | None = None


class Gym(Settings):
    """Every kind of field that services have."""

    model_config = SettingsConfigDict(env_prefix="GYM_")

    name: str = "home"
    racks: int = Field(1, ge=1)
    token: SecretStr | None = None
    days: list[str] = []
    store: Store = Store()
    address: str = Field("nowhere", alias="STREET_ADDRESS")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A mounted secret."""
    path = tmp_path / "secret"
    path.write_text("iron\n", encoding="utf-8")
    return path


def test_defaults_hold_when_nothing_is_set() -> None:
    gym = Gym()
    assert (gym.name, gym.racks, gym.token, gym.days, gym.address) == ("home", 1, None, [], "nowhere")


def test_a_variable_has_the_prefix_and_its_case_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GYM_NAME", "cellar")
    monkeypatch.setenv("gym_racks", "3")
    monkeypatch.setenv("NAME", "without prefix")
    gym = Gym()
    assert (gym.name, gym.racks) == ("cellar", 3)


def test_an_alias_is_the_whole_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREET_ADDRESS", "Main Street 1")
    monkeypatch.setenv("GYM_ADDRESS", "elsewhere")
    assert Gym().address == "Main Street 1"


def test_two_underscores_lead_into_a_nested_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GYM_STORE__PORT", "1234")
    monkeypatch.setenv("GYM_STORE_HOST", "one underscore is another variable")
    store = Gym().store
    assert (store.host, store.port) == ("localhost", 1234)


@pytest.mark.parametrize("name", ["GYM_NAME", "GYM_RACKS", "GYM_NAME_FILE", "STREET_ADDRESS", "GYM_DAYS"])
def test_an_empty_variable_counts_as_absent(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")
    gym = Gym()
    assert (gym.name, gym.racks, gym.days, gym.address) == ("home", 1, [], "nowhere")


def test_unknown_variables_and_values_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GYM_SAUNA", "yes")
    assert not hasattr(Gym(), "sauna")
    assert not hasattr(Gym.model_validate({"sauna": "yes"}), "sauna")


def test_a_value_given_in_code_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch, secret: Path) -> None:
    monkeypatch.setenv("GYM_NAME", "from the environment")
    monkeypatch.setenv("GYM_TOKEN_FILE", str(secret))
    gym = Gym.model_validate({"name": "from code", "token": "mine"})
    assert gym.name == "from code"
    assert gym.token == SecretStr("mine")


def test_a_field_with_an_alias_can_be_given_by_its_name_in_code() -> None:
    assert Gym.model_validate({"address": "Main Street 1"}).address == "Main Street 1"


def test_no_dotenv_file_and_no_secrets_folder_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Careless(Gym):
        model_config = SettingsConfigDict(env_file=".env", secrets_dir=str(tmp_path))

    (tmp_path / ".env").write_text("GYM_NAME=dotenv\n")
    (tmp_path / "gym_racks").write_text("9")
    monkeypatch.chdir(tmp_path)
    assert (Careless().name, Careless().racks) == ("home", 1)


def test_settings_do_not_change() -> None:
    gym = Gym()
    with pytest.raises(ValidationError, match="frozen"):
        setattr(gym, "name", "elsewhere")  # noqa: B010 - mypy knows that it is read-only
    assert gym.name == "home"


@pytest.mark.parametrize("suffix", ["_FILE", "_file"])
def test_a_file_gives_the_value(monkeypatch: pytest.MonkeyPatch, secret: Path, suffix: str) -> None:
    monkeypatch.setenv(f"GYM_TOKEN{suffix}", str(secret))
    monkeypatch.setenv(f"STREET_ADDRESS{suffix}", str(secret))
    assert Gym().token == SecretStr("iron")
    assert Gym().address == "iron"


def test_a_file_gives_numbers_and_lists_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "racks").write_text("4\n")
    (tmp_path / "days").write_text('["A", "B"]\n')
    monkeypatch.setenv("GYM_RACKS_FILE", str(tmp_path / "racks"))
    monkeypatch.setenv("GYM_DAYS_FILE", str(tmp_path / "days"))
    assert (Gym().racks, Gym().days) == (4, ["A", "B"])


def test_a_file_gives_a_field_of_a_nested_model(monkeypatch: pytest.MonkeyPatch, secret: Path) -> None:
    monkeypatch.setenv("GYM_STORE__PASSWORD_FILE", str(secret))
    monkeypatch.setenv("GYM_STORE__PORT", "1234")
    store = Gym().store
    assert store.password == SecretStr("iron")
    assert store.port == 1234


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"iron", "iron"),
        (b"iron\n", "iron"),
        (b"iron\r\n", "iron"),
        (b"iron\n\n", "iron\n"),
        (b" iron \n", " iron "),
        (b"two\nlines\n", "two\nlines"),
        ("Gewichtheberschuhe für 5 €\n".encode(), "Gewichtheberschuhe für 5 €"),
    ],
)
def test_only_the_last_line_break_of_a_file_is_dropped(
    monkeypatch: pytest.MonkeyPatch, secret: Path, content: bytes, value: str
) -> None:
    secret.write_bytes(content)
    monkeypatch.setenv("GYM_TOKEN_FILE", str(secret))
    assert Gym().token == SecretStr(value)


def test_an_empty_name_beside_a_file_is_no_conflict(monkeypatch: pytest.MonkeyPatch, secret: Path) -> None:
    monkeypatch.setenv("GYM_TOKEN", "")
    monkeypatch.setenv("GYM_TOKEN_FILE", str(secret))
    assert Gym().token == SecretStr("iron")
