"""Everything about the AI Coach that can be configured. Each variable `NAME` may be a file, `NAME_FILE`."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from runtime.limits import Rate
from runtime.logs import LogFormat
from runtime.settings import RedisUrl, Settings, network, origin, redis_database, split, with_password

CACHE_DATABASE = 0  # the contract's Redis database for answers and insights
LIMIT_DATABASE = 2  # and for rate limits, shared with the API


DEFAULT_MODEL = "anthropic:claude-haiku-5-5"


def _model_name(name: str) -> str:
    if name != "rules" and not all(name.partition(":")):
        raise ValueError(f"write it as vendor:model, for example {DEFAULT_MODEL}, or rules")
    return name


ModelName = Annotated[str, AfterValidator(_model_name)]


class CoachSettings(Settings):
    """Read once by `workout-ai-coach`; tests give values."""

    host: str = Field("127.0.0.1", alias="AI_COACH_HOST", description="Address to listen on")
    port: int = Field(8001, ge=1, le=65535, alias="AI_COACH_PORT", description="Port to listen on")
    auth: Literal["open", "token"] = Field(
        "open", alias="AI_COACH_AUTH", description="`token`: every question needs an access token of the API"
    )
    api_url: str = Field("http://localhost:8000", alias="WORKOUT_API_URL", description="The Workout API")
    username: str | None = Field(
        None, alias="AI_COACH_USERNAME", description="The service account that reads for callers without a token"
    )
    password: SecretStr | None = Field(None, alias="AI_COACH_PASSWORD", description="Its password")
    context_timeout: float = Field(
        1.5, gt=0, le=30, alias="AI_COACH_CONTEXT_TIMEOUT", description="Seconds to wait for the routine"
    )
    redis_password: SecretStr | None = Field(
        None, alias="REDIS_PASSWORD", description="Its password, where the URL has none"
    )
    redis_url: Annotated[RedisUrl | None, AfterValidator(with_password)] = Field(
        None, alias="REDIS_URL", description="Keeps answers (database 0), shares limits (2). Unset: neither"
    )
    cache_seconds: int = Field(
        86_400, ge=0, alias="AI_COACH_CACHE_SECONDS", description="How long an answer of a model is kept; 0: not"
    )

    model: ModelName = Field(DEFAULT_MODEL, alias="AI_MODEL", description="A Pydantic AI model; `rules` for none")
    fallback_models: Annotated[tuple[ModelName, ...], NoDecode, BeforeValidator(split)] = Field(
        (), alias="AI_FALLBACK_MODELS", description="Asked in turn when it fails, with commas; the rules come last"
    )
    anthropic_key: SecretStr | None = Field(None, alias="ANTHROPIC_API_KEY", description="For models of Anthropic")
    openai_key: SecretStr | None = Field(
        None, alias="OPENAI_API_KEY", description="For models of OpenAI, and behind addresses that speak like it"
    )
    temperature: float = Field(0.7, ge=0, le=2, alias="AI_TEMPERATURE", description="How freely the model words")
    max_tokens: int = Field(2000, ge=200, le=32_000, alias="AI_MAX_TOKENS", description="Longest answer of a model")
    deadline: float = Field(
        30,
        ge=1,
        le=300,
        alias="AI_COACH_DEADLINE",
        description="Seconds until a question is answered, by rules if need be",
    )
    shutdown: int = Field(
        3, ge=0, le=3600, alias="AI_COACH_SHUTDOWN", description="Seconds that questions have to end when it is stopped"
    )
    daily_tokens: int = Field(
        1_000_000,
        ge=0,
        alias="AI_DAILY_TOKEN_BUDGET",
        description="Tokens a day in all; then the rules answer. 0: no limit",
    )
    daily_tokens_per_user: int = Field(
        100_000, ge=0, alias="AI_DAILY_TOKEN_BUDGET_USER", description="Tokens a day for each caller. 0: no limit"
    )
    breaker_failures: int = Field(
        3, ge=1, alias="AI_BREAKER_FAILURES", description="Failures in a row after which a provider is left alone"
    )
    breaker_seconds: float = Field(30, gt=0, alias="AI_BREAKER_SECONDS", description="For how long")

    limits_enabled: bool = Field(True, alias="AI_COACH_RATELIMIT_ENABLED", description="Limit questions at all")
    limit_anonymous: Rate = Field(
        "20/minute", alias="AI_COACH_RATELIMIT_ANONYMOUS", description="Questions of an address without a login"
    )
    limit_user: Rate = Field("40/minute", alias="AI_COACH_RATELIMIT_USER", description="Questions of an account")
    limit_service: Rate = Field(
        "6000/minute", alias="AI_COACH_RATELIMIT_SERVICE", description="Questions of the product's services"
    )

    trusted_proxies: Annotated[
        tuple[Annotated[str, AfterValidator(network)], ...], NoDecode, BeforeValidator(split)
    ] = Field((), alias="AI_COACH_TRUSTED_PROXIES", description="Addresses or networks whose X-Forwarded-For counts")
    cors_origins: Annotated[tuple[Annotated[str, AfterValidator(origin)], ...], NoDecode, BeforeValidator(split)] = (
        Field((), alias="AI_COACH_CORS_ORIGINS", description="Origins of web pages that may call, with commas")
    )
    max_body_bytes: int = Field(
        2_097_152, ge=1024, alias="AI_COACH_MAX_BODY_BYTES", description="Larger requests get 413"
    )
    log_format: LogFormat = Field("auto", alias="LOG_FORMAT", description="`json`, `text`, or `auto`")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", alias="LOG_LEVEL", description="Least level"
    )
    otlp_endpoint: str | None = Field(None, alias="OTEL_EXPORTER_OTLP_ENDPOINT", description="Where traces go")

    @model_validator(mode="after")
    def _tokens_can_be_checked(self) -> Self:
        if self.auth == "token" and not (self.username and self.password):
            raise ValueError("AI_COACH_AUTH=token needs AI_COACH_USERNAME and AI_COACH_PASSWORD to ask the API")
        return self

    def redis(self, database: int) -> str | None:
        """The Redis of `REDIS_URL`, but another database of it."""
        return redis_database(self.redis_url, database)
