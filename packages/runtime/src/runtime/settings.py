"""Settings: read once from the environment, checked loudly, then passed on as values."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, SecretStr, ValidationError, ValidationInfo
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError
from redis.asyncio import ConnectionPool

S = TypeVar("S", bound="Settings")

NEARLY = 0.9  # of a name alike: below it, services take each other's settings for their own ones misspelt


class SettingsError(Exception):
    """A setting that the process cannot start with; the text names the variable."""


class VariableSource(EnvSettingsSource):
    """The environment, in which `NAME_FILE=/run/secrets/name` gives NAME: how Kubernetes Secrets are mounted.

    A field with a variable of its own is not also set by one of the field's name: PORT or HOST may be anybody's.
    Raises SettingsError for a file that cannot be read, and where a variable and its file are both set.
    """

    def _extract_field_info(self, field: FieldInfo, field_name: str, *more: Any) -> list[tuple[str, str, bool]]:
        infos = super()._extract_field_info(field, field_name, *more)
        return infos[:1] if field.alias else infos

    def _load_env_vars(self) -> Mapping[str, str | None]:
        found = dict(super()._load_env_vars())
        for variable, path in list(found.items()):
            name = variable[: -len("_FILE")]
            if path and variable.upper().endswith("_FILE") and self._is_ours(name.upper()):
                if found.get(name):
                    raise SettingsError(f"{name.upper()} and {name.upper()}_FILE are both set: keep one of them")
                found[name] = _read(name.upper(), path)
        return found

    def _is_ours(self, name: str) -> bool:
        """A field's variable, or one of a field within it; SSL_CERT_FILE for one is not."""
        kind = self.settings_cls
        ours = [variable_of(kind, (field,)) for field in kind.model_fields]
        return any(name == variable or name.startswith(f"{variable}__") for variable in ours)


def _read(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(f"{name}_FILE: {path} cannot be read: {reason}") from error


class Settings(BaseSettings):
    """Base of every service's settings. A value given in code wins over `NAME`, which equals `NAME_FILE`'s content."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True, env_nested_delimiter="__"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Values given in code, then the environment."""
        del env_settings, dotenv_settings, file_secret_settings  # one .env belongs to `make run`, not to each service
        return init_settings, VariableSource(settings_cls)


def load(kind: type[S]) -> S:
    """Settings from the environment, or the end of the process with a line for each wrong variable.

    A variable that is nearly one of ours may be somebody else's: that is only told.
    """
    for told in misspelt(kind, EnvSettingsSource(kind).env_vars):
        print(told, file=sys.stderr)  # noqa: T201 - no logging before settings
    try:
        return kind()
    except ValidationError as error:
        # Settings within settings fail by themselves; their name is all that the error tells of them.
        kinds: dict[str, type[BaseSettings]] = {each.__name__: each for each in _within(kind)}
        kinds[kind.__name__] = kind
        problems = [_problem(kinds[error.title], e["loc"], e["msg"]) for e in error.errors()]
    except SettingsError as error:
        problems = [str(error)]
    except SourceError as error:  # pydantic-settings could not even read a value: malformed JSON
        field = str(error).split('"')[1]
        problems = [f"{variable_of(kind, (field,))}: it cannot be read, is it well-formed JSON?"]
    print("Cannot start:", *problems, sep="\n  ", file=sys.stderr)  # noqa: T201 - no logging before settings
    raise SystemExit(78)  # EX_CONFIG of sysexits.h


def misspelt(kind: type[BaseSettings], environment: Mapping[str, object]) -> Iterator[str]:
    """A line for each variable that nobody reads, and whose name is nearly that of one that is not set."""
    known = {name for variable in variables(kind) for name in (variable, f"{variable}_FILE")}
    given = {name.upper() for name in environment}
    for name in sorted(given - known):
        for meant in get_close_matches(name, known - given, n=1, cutoff=NEARLY):
            yield f"{name} is set, and there is no such setting: is {meant} meant?"


def variables(kind: type[BaseSettings]) -> set[str]:
    """The variables that set a field of these settings, or one within it."""
    found = set()
    for name, field in kind.model_fields.items():
        if isinstance(part := field.annotation, type) and issubclass(part, BaseSettings):
            found |= variables(part)
        elif isinstance(part, type) and issubclass(part, BaseModel):
            found |= {variable_of(kind, (name, inner)) for inner in part.model_fields}
        else:
            found.add(variable_of(kind, (name,)))
    return found


def _problem(kind: type[BaseSettings], location: Sequence[str | int], message: str) -> str:
    """One line for people: `API_PORT: Input should be …`. What concerns several variables names them itself."""
    sentence = message.removeprefix("Value error, ")
    return f"{variable_of(kind, location)}: {sentence}" if location else sentence


def _within(kind: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    for field in kind.model_fields.values():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseSettings):
            yield field.annotation


def variable_of(kind: type[BaseSettings], location: Sequence[str | int]) -> str:
    """The variable that sets the field at `location`, which is Pydantic's: names of fields, or their aliases."""
    if not location:
        return kind.__name__
    first, *rest = map(str, location)
    field = kind.model_fields.get(first)
    alias = field.alias if field else first
    top = alias or f"{kind.model_config.get('env_prefix', '')}{first}"
    return "__".join([top, *rest]).upper()


def split(value: object) -> object:
    """A list in one variable is written with commas."""
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


def network(text: str) -> str:
    """An IP address or a network, checked."""
    try:
        ip_network(text)
    except ValueError:
        raise ValueError(f"{text!r} is neither an IP address nor a network such as 10.42.0.0/16") from None
    return text


def origin(text: str) -> str:
    """The origin of a web page, checked: scheme, host and port."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
        raise ValueError(f"{text!r} is not an origin such as https://gym.example.org")
    return text.lower()


def base_url(text: str) -> str:
    """The URL of a service, checked: scheme and host, and a path where it is mounted at one."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{text!r} is no URL of a service, such as http://localhost:8000")
    return text.rstrip("/")


def _redis_url(url: SecretStr) -> SecretStr:
    """A URL of Redis, checked; what is wrong is told without repeating it, for it may hold a password."""
    try:
        ConnectionPool.from_url(url.get_secret_value()).make_connection()  # type: ignore[no-untyped-call] # opens nothing
    except (ValueError, TypeError):
        raise ValueError("must be a URL such as redis://:password@localhost:6379, special characters as %XX") from None
    return url


RedisUrl = Annotated[SecretStr, AfterValidator(_redis_url)]


def redis_database(url: SecretStr | None, database: int) -> str | None:
    """`url` with another database number; None stays None."""
    if url is None:
        return None
    parts = urlsplit(url.get_secret_value())
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name != "db"])
    return urlunsplit(parts._replace(path=f"/{database}", query=query))


def with_password(url: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
    """`url` with the password of the field `{database,redis}_password`, which is declared before it.

    So an address may stand in the open and only its password in a file.
    """
    password: SecretStr | None = info.data.get(f"{str(info.field_name).removesuffix('_url')}_password")
    if url is None or password is None:
        return url
    parts = urlsplit(url.get_secret_value())
    user, found, host = parts.netloc.rpartition("@")
    if ":" in user:
        raise ValueError("it has a password already: keep that one, or the separate one")
    secret = quote(password.get_secret_value(), safe="")
    return SecretStr(urlunsplit(parts._replace(netloc=f"{user}:{secret}@{host if found else parts.netloc}")))
