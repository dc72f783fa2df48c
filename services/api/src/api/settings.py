"""Everything about the Workout API that can be configured. Each variable `NAME` may be a file, `NAME_FILE`."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from ledger.jobs import DATABASE as JOB_DATABASE
from runtime.limits import Rate
from runtime.logs import LogFormat
from runtime.settings import RedisUrl, Settings, network, origin, redis_database, split, with_password

DEVELOPMENT_SECRET = "development-only-secret-key-that-everybody-knows"  # noqa: S105 - refused in production
DEVELOPMENT_DATABASE = "postgresql://workout:workout123@localhost:5432/workout_tracker"
MIN_PASSWORD_LENGTH = 8  # for accounts that people make; the contract's 6 holds for logging in
PRODUCTION_BCRYPT_ROUNDS = 10
MIN_SECRET_BYTES = 32  # RFC 7518 §3.2: an HS256 key is at least as long as its hash
RATE_LIMIT_DATABASE = 2  # the contract's Redis database for rate limits


def _postgres_url(text: SecretStr) -> SecretStr:
    """Tools write three spellings of one scheme; asyncpg knows this one."""
    scheme, found, rest = text.get_secret_value().partition("://")
    if not found or scheme not in ("postgresql", "postgres", "postgresql+asyncpg"):
        raise ValueError("must begin with postgresql://")
    return SecretStr(f"postgresql://{rest}")


class RateLimitSettings(Settings):
    """How often whom: contract §7.1. Written like `60/minute`, `10/second`, `1000/hour`."""

    enabled: bool = Field(True, alias="RATELIMIT_ENABLED", description="Limit requests at all")
    public: Rate = Field("100/minute", alias="RATELIMIT_PUBLIC", description="`GET /`")
    auth: Rate = Field("10/minute", alias="RATELIMIT_AUTH", description="`/auth/*`")
    session: Rate = Field("60/minute", alias="RATELIMIT_SESSION", description="`/auth/refresh`, `/auth/logout`")
    read_anonymous: Rate = Field("60/minute", alias="RATELIMIT_READ_ANONYMOUS", description="reads, without a login")
    read_user: Rate = Field("120/minute", alias="RATELIMIT_READ_USER", description="reads of users")
    read_admin: Rate = Field("300/minute", alias="RATELIMIT_READ_ADMIN", description="reads of admins")
    write_anonymous: Rate = Field("30/minute", alias="RATELIMIT_WRITE_ANONYMOUS", description="writes, without a login")
    write_user: Rate = Field("60/minute", alias="RATELIMIT_WRITE_USER", description="writes of users")
    write_admin: Rate = Field("150/minute", alias="RATELIMIT_WRITE_ADMIN", description="writes of admins")
    admin: Rate = Field("100/minute", alias="RATELIMIT_ADMIN", description="`/admin/*`")
    service: Rate = Field("6000/minute", alias="RATELIMIT_SERVICE", description="everything, for service accounts")


class ApiSettings(Settings):
    """Read once by `workout-api`; tests give values."""

    environment: Literal["development", "production"] = Field(
        "development",
        alias="API_ENVIRONMENT",
        description="`production` refuses default and short secrets, and seeds nothing",
    )
    access: Literal["open", "private"] = Field(
        "open",
        alias="API_ACCESS",
        description="`open`: one shared routine, anyone reads and writes. `private`: each account its own",
    )
    host: str = Field("127.0.0.1", alias="API_HOST", description="Address to listen on")
    port: int = Field(8000, ge=1, le=65535, alias="API_PORT", description="Port to listen on")

    database_password: SecretStr | None = Field(
        None, alias="DATABASE_PASSWORD", description="Its password, where the URL has none"
    )
    database_url: Annotated[SecretStr, AfterValidator(_postgres_url), AfterValidator(with_password)] = Field(
        SecretStr(DEVELOPMENT_DATABASE), alias="DATABASE_URL", description="PostgreSQL 15 or newer"
    )
    pool_size: int = Field(
        10,
        ge=1,
        le=200,
        alias="API_POOL_SIZE",
        description="Connections for the hot reads; writes use up to half as many",
    )
    redis_password: SecretStr | None = Field(
        None, alias="REDIS_PASSWORD", description="Its password, where the URL has none"
    )
    redis_url: Annotated[RedisUrl | None, AfterValidator(with_password)] = Field(
        None, alias="REDIS_URL", description="Shares rate limits between replicas (database 2). Unset: each on its own"
    )

    jwt_secret_key: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET), alias="JWT_SECRET_KEY", description="Signs tokens; at least 32 random bytes"
    )
    jwt_previous_secret_keys: Annotated[tuple[str, ...], NoDecode, BeforeValidator(split)] = Field(
        (), alias="JWT_PREVIOUS_SECRET_KEYS", description="Earlier keys, with commas: they still verify", repr=False
    )
    access_token_seconds: int = Field(
        1800, ge=60, le=86_400, alias="API_ACCESS_TOKEN_SECONDS", description="Life of an access token"
    )
    refresh_token_seconds: int = Field(
        7 * 86_400, ge=60, alias="API_REFRESH_TOKEN_SECONDS", description="A session unused for so long ends"
    )
    session_seconds: int = Field(
        30 * 86_400, ge=60, alias="API_SESSION_SECONDS", description="A session ends after so long, used or not"
    )
    bcrypt_rounds: int = Field(12, ge=4, le=16, alias="API_BCRYPT_ROUNDS", description="Cost of a password hash")

    admin_username: str = Field("admin", alias="API_ADMIN_USERNAME", description="The first admin, made when absent")
    admin_password: SecretStr | None = Field(
        None, alias="API_ADMIN_PASSWORD", description="Its first password. Unset in production: no admin is made"
    )
    service_accounts_dir: Path | None = Field(
        None,
        alias="API_SERVICE_ACCOUNTS_DIR",
        description="A folder with a file per service account: its name the account's, its content the password",
    )

    trusted_proxies: Annotated[
        tuple[Annotated[str, AfterValidator(network)], ...], NoDecode, BeforeValidator(split)
    ] = Field(
        (), alias="API_TRUSTED_PROXIES", description="Addresses or networks whose X-Forwarded-For counts, with commas"
    )
    cors_origins: Annotated[tuple[Annotated[str, AfterValidator(origin)], ...], NoDecode, BeforeValidator(split)] = (
        Field(
            (), alias="API_CORS_ORIGINS", description="Origins of web pages that may call from a browser, with commas"
        )
    )
    max_body_bytes: int = Field(1_048_576, ge=1024, alias="API_MAX_BODY_BYTES", description="Larger requests get 413")

    log_format: LogFormat = Field(
        "auto", alias="LOG_FORMAT", description="`json`, `text`, or `auto`: text on a terminal"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", alias="LOG_LEVEL", description="Least level that is logged"
    )
    otlp_endpoint: str | None = Field(
        None, alias="OTEL_EXPORTER_OTLP_ENDPOINT", description="Where traces go, for example http://collector:4318"
    )
    rate_limits: RateLimitSettings = Field(default_factory=RateLimitSettings)

    @property
    def redis_limits_url(self) -> str | None:
        """The Redis of `REDIS_URL`, but the database that the contract gives to rate limits."""
        return redis_database(self.redis_url, RATE_LIMIT_DATABASE)

    @property
    def redis_jobs_url(self) -> str | None:
        """The same Redis, but the database of the worker's queue."""
        return redis_database(self.redis_url, JOB_DATABASE)

    @model_validator(mode="after")
    def _production_has_secrets_of_its_own(self) -> Self:
        if self.environment != "production":
            return self
        for name, secret in self._secrets():
            if secret == DEVELOPMENT_SECRET:
                raise ValueError(
                    f"{name} is the development default: set a random one of {MIN_SECRET_BYTES} bytes or more"
                )
            if len(secret.encode()) < MIN_SECRET_BYTES:
                raise ValueError(f"{name} is shorter than {MIN_SECRET_BYTES} bytes: set a random one")
        if self.database_url.get_secret_value() == DEVELOPMENT_DATABASE:
            raise ValueError("DATABASE_URL is the development default: set your own")
        if self.admin_password is not None and len(self.admin_password.get_secret_value()) < MIN_PASSWORD_LENGTH:
            raise ValueError(f"API_ADMIN_PASSWORD is shorter than {MIN_PASSWORD_LENGTH} characters")
        if self.bcrypt_rounds < PRODUCTION_BCRYPT_ROUNDS:
            raise ValueError(f"API_BCRYPT_ROUNDS is below {PRODUCTION_BCRYPT_ROUNDS}")
        return self

    def _secrets(self) -> list[tuple[str, str]]:
        previous = [("JWT_PREVIOUS_SECRET_KEYS", key) for key in self.jwt_previous_secret_keys]
        return [("JWT_SECRET_KEY", self.jwt_secret_key.get_secret_value()), *previous]
