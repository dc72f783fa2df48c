"""Settings: read once from the environment, checked loudly, then passed on as values."""

import sys
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

S = TypeVar("S", bound="Settings")


class SettingsError(Exception):
    """A setting that the process cannot start with; the text names the variable."""


class FileSource(EnvSettingsSource):
    """`NAME_FILE=/run/secrets/name` gives NAME: how Kubernetes Secrets are mounted. NAME itself then must be absent."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Read the file that `NAME_FILE` names; its last line break is not part of the value."""
        for key, name, _ in self._extract_field_info(field, field_name):
            if not (path := self.env_vars.get(f"{name}_file") or self.env_vars.get(f"{name}_FILE")):
                continue
            if self.env_vars.get(name):
                raise SettingsError(f"{key} and {key}_FILE are both set: keep one of them")
            try:
                return Path(path).read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r"), key, False
            except (OSError, UnicodeError) as error:
                raise SettingsError(f"{key}_FILE: {path} cannot be read ({error})") from error
        return None, field_name, False


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
        """Values given in code, then the environment, then files that the environment names."""
        del dotenv_settings, file_secret_settings  # one .env belongs to `make run`, not to each service
        return init_settings, env_settings, FileSource(settings_cls)


def load(kind: type[S]) -> S:
    """Settings from the environment, or the end of the process with a line for each wrong variable."""
    try:
        return kind()
    except ValidationError as error:
        problems = [f"{'__'.join(map(str, e['loc'])) or kind.__name__}: {e['msg']}" for e in error.errors()]
    except SettingsError as error:
        problems = [str(error)]
    print("Cannot start:", *problems, sep="\n  ", file=sys.stderr)  # noqa: T201 - no logging before settings
    raise SystemExit(78)  # EX_CONFIG of sysexits.h
