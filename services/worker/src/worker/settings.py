"""Everything about the Worker that can be configured (contract §5.3). Each `NAME` may be a file, `NAME_FILE`."""

from typing import Annotated, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from runtime.logs import LogFormat
from runtime.settings import RedisUrl, Settings, redis_database, with_password


class Part(BaseModel):
    """Settings that share a beginning of their names."""

    model_config = ConfigDict(frozen=True)


class RedisSettings(Part):
    """`WORKER_REDIS__*`."""

    host: str = Field("localhost", min_length=1, description="Redis, where `REDIS_URL` does not say")
    port: int = Field(6379, ge=1, le=65535, description="Its port")
    password: SecretStr | None = Field(None, description="Its password")
    database: int = Field(1, ge=0, description="The database of queue, locks and runs")
    cache_database: int = Field(0, ge=0, description="The database of insights and idempotency keys")


class ApiClientSettings(Part):
    """`WORKER_API_CLIENT__*`."""

    workout_api_url: str = Field("http://localhost:8000", description="The Workout API")
    ai_coach_url: str = Field("http://localhost:8001", description="The AI Coach")
    timeout: float = Field(30, gt=0, le=600, description="Seconds for one HTTP request")
    username: str | None = Field(None, description="The worker's service account")
    password: SecretStr | None = Field(None, description="Its password")

    @field_validator("workout_api_url", "ai_coach_url")
    @classmethod
    def _is_url(cls, text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must begin with http:// or https:// and name a host")
        return text.rstrip("/")

    @model_validator(mode="after")
    def _has_whole_account(self) -> Self:
        """Half of one would pass for none, and for the shared routine."""
        if (self.username is None) != (self.password is None):
            raise ValueError("of an account's USERNAME and PASSWORD there is only one: set both or neither")
        return self


class ProcessSettings(Part):
    """`WORKER_WORKER__*`."""

    max_jobs: int = Field(10, ge=1, le=1000, description="Jobs at a time")
    job_timeout: float = Field(300, gt=0, description="Seconds after which a run has failed (not the warm-up's)")
    health_host: str = Field("127.0.0.1", description="Address that the health server listens on")
    health_port: int = Field(8002, ge=1, le=65535, description="Its port")
    lease: float = Field(15, ge=0.5, le=600, description="Seconds after which a run that crashed is taken to be over")
    shutdown: float = Field(20, ge=0, le=3600, description="Seconds that running jobs have to end when it is stopped")


class ScheduleSettings(Part):
    """`WORKER_SCHEDULE__*`."""

    mode: Literal["arq", "none"] = Field("arq", description="`none` where something else owns the clock: CronJobs")
    enable_hourly_refresh: bool = Field(True, description="Refresh exercises every hour")
    enable_daily_warmup: bool = Field(True, description="Warm up the coach's cache every day")
    enable_weekly_cleanup: bool = Field(True, description="Delete stale data every week")
    warmup_hour: int = Field(6, ge=0, le=23, description="Hour of the warm-up, in UTC")
    cleanup_day_of_week: int = Field(6, ge=0, le=6, description="Day of the cleanup: 0 is Monday, 6 Sunday")
    cleanup_hour: int = Field(2, ge=0, le=23, description="Hour of the cleanup, in UTC")


class RefreshSettings(Part):
    """`WORKER_REFRESH__*`."""

    concurrency: int = Field(5, ge=1, le=1000, description="Exercises at a time")
    idempotency_ttl: int = Field(
        3600, ge=1, le=31_536_000, description="Seconds for which an exercise counts as refreshed"
    )
    retry_delay: float = Field(5, ge=0, description="Base of the pauses between tries, in seconds")
    max_retries: int = Field(3, ge=0, le=100, description="Tries after the first one")


class WarmupSettings(Part):
    """`WORKER_WARMUP__*`."""

    pause: float = Field(0.5, ge=0, le=60, description="Seconds after a question that the coach had to work on")
    timeout: float = Field(3600, gt=0, description="Seconds after which a warm-up has failed")


class WorkerSettings(Settings):
    """Read once by `workout-worker`; tests give values."""

    redis: RedisSettings = Field(RedisSettings(), alias="WORKER_REDIS")
    redis_password: SecretStr | None = Field(
        None, alias="REDIS_PASSWORD", description="The password of `REDIS_URL`, where that has none"
    )
    redis_url: Annotated[RedisUrl | None, AfterValidator(with_password)] = Field(
        None, alias="REDIS_URL", description="Counts unless `WORKER_REDIS__HOST` is set; its database does not count"
    )
    api_client: ApiClientSettings = Field(ApiClientSettings(), alias="WORKER_API_CLIENT")
    worker: ProcessSettings = Field(ProcessSettings(), alias="WORKER_WORKER")
    schedule: ScheduleSettings = Field(ScheduleSettings(), alias="WORKER_SCHEDULE")
    refresh: RefreshSettings = Field(RefreshSettings(), alias="WORKER_REFRESH")
    warmup: WarmupSettings = Field(WarmupSettings(), alias="WORKER_WARMUP")
    log_format: LogFormat = Field("auto", alias="LOG_FORMAT", description="`json`, `text`, or `auto`")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", alias="LOG_LEVEL", description="Least level"
    )
    otlp_endpoint: str | None = Field(None, alias="OTEL_EXPORTER_OTLP_ENDPOINT", description="Where traces go")

    def redis_at(self, database: int) -> str:
        """The URL of one of Redis' databases."""
        if self.redis_url is not None and "host" not in self.redis.model_fields_set:
            return redis_database(self.redis_url, database) or ""
        password = self.redis.password.get_secret_value() if self.redis.password else ""
        secret = f":{quote(password, safe='')}@" if password else ""
        host = f"[{self.redis.host}]" if ":" in self.redis.host else self.redis.host
        return f"redis://{secret}{host}:{self.redis.port}/{database}"
