"""Everything about the MCP server that can be configured. Each variable `NAME` may be a file, `NAME_FILE`."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from runtime.limits import Rate
from runtime.logs import LogFormat
from runtime.settings import RedisUrl, Settings, base_url, network, origin, redis_database, split, with_password
from tracker_client import Credentials

LIMIT_DATABASE = 2  # the contract's Redis database for rate limits


class McpSettings(Settings):
    """Read once by `workout-mcp`; tests give values."""

    api_url: Annotated[str, AfterValidator(base_url)] | None = Field(
        None, alias="WORKOUT_API_URL", description="The Workout API. Unset: the one that `make run` has started"
    )
    coach_url: Annotated[str, AfterValidator(base_url)] | None = Field(
        None, alias="AI_COACH_URL", description="The AI Coach. Unset: likewise"
    )
    data_dir: Path = Field(Path(".data"), alias="DATA_DIR", description="Where `make run` says what it has started")
    username: str | None = Field(
        None,
        alias="WORKOUT_USERNAME",
        description="stdio: whose routine it is. HTTP: the service account that exchanges tokens",
    )
    password: SecretStr | None = Field(None, alias="WORKOUT_PASSWORD", description="Its password")
    write: bool = Field(False, alias="MCP_WRITE", description="`true`: tools that add and change exercises as well")
    timeout: float = Field(10, gt=0, le=60, alias="MCP_TIMEOUT", description="Seconds to wait for the API")
    coach_timeout: float = Field(
        35, gt=0, le=300, alias="MCP_COACH_TIMEOUT", description="Seconds to wait for the coach"
    )

    shutdown: int = Field(
        3, ge=0, le=3600, alias="MCP_SHUTDOWN", description="Seconds that calls have to end when it is stopped"
    )
    host: str = Field("127.0.0.1", alias="MCP_HOST", description="Address to listen on, with `--http`")
    port: int = Field(8003, ge=1, le=65535, alias="MCP_PORT", description="Port to listen on, with `--http`")
    allowed_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(split)] = Field(
        (), alias="MCP_ALLOWED_HOSTS", description="Names it is reached by, beside localhost, with commas"
    )
    allowed_origins: Annotated[tuple[Annotated[str, AfterValidator(origin)], ...], NoDecode, BeforeValidator(split)] = (
        Field((), alias="MCP_ALLOWED_ORIGINS", description="Origins of web pages that may call, with commas")
    )
    limits_enabled: bool = Field(True, alias="MCP_RATELIMIT_ENABLED", description="Limit requests at all")
    limit_token: Rate = Field("120/minute", alias="MCP_RATELIMIT_TOKEN", description="Requests with one token")
    limit_address: Rate = Field(
        "60/minute", alias="MCP_RATELIMIT_ADDRESS", description="Requests of an address whose token is not known yet"
    )
    redis_password: SecretStr | None = Field(
        None, alias="REDIS_PASSWORD", description="Its password, where the URL has none"
    )
    redis_url: Annotated[RedisUrl | None, AfterValidator(with_password)] = Field(
        None, alias="REDIS_URL", description="Shares limits between replicas (database 2). Unset: each on its own"
    )
    trusted_proxies: Annotated[
        tuple[Annotated[str, AfterValidator(network)], ...], NoDecode, BeforeValidator(split)
    ] = Field((), alias="MCP_TRUSTED_PROXIES", description="Addresses or networks whose X-Forwarded-For counts")
    max_body_bytes: int = Field(65_536, ge=1024, alias="MCP_MAX_BODY_BYTES", description="Larger requests get 413")
    log_format: LogFormat = Field("auto", alias="LOG_FORMAT", description="`json`, `text`, or `auto`")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", alias="LOG_LEVEL", description="Least level"
    )
    otlp_endpoint: str | None = Field(None, alias="OTEL_EXPORTER_OTLP_ENDPOINT", description="Where traces go")

    @model_validator(mode="after")
    def _account_is_whole(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("WORKOUT_USERNAME and WORKOUT_PASSWORD (or its _FILE) go together: set both or neither")
        return self

    @property
    def redis_limits_url(self) -> str | None:
        """The Redis of `REDIS_URL`, but the database that the contract gives to rate limits."""
        return redis_database(self.redis_url, LIMIT_DATABASE)

    @property
    def credentials(self) -> Credentials | None:
        """WORKOUT_USERNAME and its password, if both are there."""
        if self.username is None or self.password is None:
            return None
        return Credentials(self.username, self.password.get_secret_value)
