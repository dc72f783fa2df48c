"""What the environment says about a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devstack.errors import DevstackError
from devstack.ports import LOOPBACK, Listener
from devstack.postgres import postgres_url
from devstack.services import Service
from devstack.urls import http_url

# Beside those of servers that may be installed on the machine, 5432 and 6379.
POSTGRES_PORT = 15432
REDIS_PORT = 16379


@dataclass(frozen=True)
class Settings:
    """Everything decided before a run starts. A URL that is None stands for an embedded server."""

    environment: Mapping[str, str]
    data_dir: Path
    postgres: Listener
    redis: Listener
    given_database_url: str | None
    given_redis_url: str | None
    listeners: Mapping[str, Listener]
    urls: Mapping[str, str]
    """Of each service by name, as reached from this machine."""

    @property
    def database_url(self) -> str:
        """Given, or the embedded server's."""
        return self.given_database_url or postgres_url(self.postgres.port)

    @property
    def redis_url(self) -> str:
        """Given, or the embedded server's."""
        return self.given_redis_url or f"redis://{LOOPBACK}:{self.redis.port}"

    @property
    def service_accounts(self) -> Path:
        """Where the passwords of our own services' accounts are made."""
        return self.data_dir / "secrets" / "service-accounts"

    def value(self, variable: str, default: str) -> str:
        """A variable of the environment, or the content of the file that it names."""
        return given(self.environment, variable) or default

    def environment_for(self, service: Service) -> dict[str, str]:
        """The environment to start a service in."""
        names = {"data_dir": self.data_dir, "service_accounts": self.service_accounts, **self.urls}
        defaults = {"LOG_FORMAT": "text", "PYTHONUNBUFFERED": "1"}
        defaults |= {name: text.format_map(names) for name, text in service.environment.items()}
        unset = {name: text for name, text in defaults.items() if not is_set(self.environment, name)}
        ports = {listener.variable: str(listener.port) for listener in self.listeners.values()}
        ours = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url, "DATA_DIR": str(self.data_dir)}
        # What came from a file is passed on as a value; a service would refuse to be given both.
        files = {f"{name}_FILE" for name in (*ports, *ours)}
        theirs = {name: text for name, text in self.environment.items() if name not in files}
        return {**theirs, **unset, **ports, **ours}


def is_set(environment: Mapping[str, str], variable: str) -> bool:
    """Whether NAME or NAME_FILE says something."""
    return bool(environment.get(variable) or environment.get(f"{variable}_FILE"))


def given(environment: Mapping[str, str], variable: str) -> str | None:
    """NAME, or the content of the file that NAME_FILE names, as the services read it; None if neither says anything.

    Raises DevstackError if both are set, or the file cannot be read.
    """
    path = environment.get(f"{variable}_FILE")
    if not path:
        return environment.get(variable) or None
    if environment.get(variable):
        raise DevstackError(f"{variable} and {variable}_FILE are both set: keep one of them")
    try:
        return Path(path).read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r") or None
    except (OSError, UnicodeError) as error:
        raise DevstackError(f"{variable}_FILE: {path} cannot be read ({error})") from None


def load(environment: Mapping[str, str], services: Sequence[Service]) -> Settings:
    """Raises DevstackError naming the variable whose value makes no sense."""
    listeners = {
        service.name: Listener(
            _port(environment, service.port_variable, service.port),
            service.port_variable,
            given(environment, service.host_variable) or LOOPBACK,
            service.host_variable,
        )
        for service in services
    }
    return Settings(
        environment=environment,
        data_dir=Path(given(environment, "DATA_DIR") or ".data").expanduser().absolute(),
        postgres=Listener(_port(environment, "POSTGRES_PORT", POSTGRES_PORT), "POSTGRES_PORT"),
        redis=Listener(_port(environment, "REDIS_PORT", REDIS_PORT), "REDIS_PORT"),
        given_database_url=given(environment, "DATABASE_URL"),
        given_redis_url=given(environment, "REDIS_URL"),
        listeners=listeners,
        urls={name: http_url(listener.host, listener.port) for name, listener in listeners.items()},
    )


def _port(environment: Mapping[str, str], variable: str, default: int) -> int:
    text = given(environment, variable) or str(default)
    # int() alone would take "8_000" and " 8000".
    if text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535:
        return int(text)
    raise DevstackError(f"{variable} must be a port, a whole number from 1 to 65535, and is {text[:20]!r}")
