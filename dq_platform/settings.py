"""Settings of every process, from environment variables, whose names are the fields' aliases.

`load(ServerSettings)` returns them, or one SettingsError that names everything that is missing or wrong and what would
be right. Messages never hold a value: it may be a secret.
"""

from __future__ import annotations

import base64
import binascii
import os
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
)
from pydantic_core import ErrorDetails

T = TypeVar("T", bound=BaseModel)


class SettingsError(Exception):
    """The settings cannot be used; the text is for the person who starts the process."""


class LogFormat(StrEnum):
    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _url(schemes: tuple[str, ...], example: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        message = f"must be a URL like {example}"
        try:
            parts = urlsplit(value.get_secret_value())
            usable = parts.scheme in schemes and bool(parts.hostname or parts.path) and (parts.port or 1) > 0
        except ValueError as error:
            raise ValueError(message) from error
        if not usable:
            raise ValueError(message)
        return value

    return AfterValidator(check)


def _fernet_keys(value: SecretStr) -> SecretStr:
    """One or more keys, comma separated."""
    for position, key in enumerate(value.get_secret_value().split(","), start=1):
        try:
            usable = len(base64.urlsafe_b64decode(key.strip())) == 32
        except (binascii.Error, ValueError):
            usable = False
        if not usable:
            message = (
                f"key {position} is not a Fernet key; make one with "
                '`python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"`'
            )
            raise ValueError(message)
    return value


def _split(value: object) -> object:
    """The entries of a text that commas part."""
    return tuple(entry.strip() for entry in value.split(",") if entry.strip()) if isinstance(value, str) else value


def _absolute(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    if not all(path.is_absolute() for path in paths):
        message = "must be absolute paths of directories, comma separated"
        raise ValueError(message)
    return paths


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        message = "must be a URL like https://dq.example.com"
        raise ValueError(message)
    return value


POSTGRES = _url(("postgresql", "postgresql+asyncpg", "postgres"), "postgresql+asyncpg://user:password@host:5432/dq")
REDIS = _url(("redis", "rediss", "unix"), "redis://host:6379/0")
Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
Directories = Annotated[tuple[Path, ...], BeforeValidator(_split), AfterValidator(_absolute)]
Networks = Annotated[tuple[IPvAnyNetwork, ...], BeforeValidator(_split)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Seconds = Annotated[float, Field(gt=0)]
Days = Annotated[float, Field(gt=0, le=36_500)]


class BaseProcess(BaseModel):
    """What every process has."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    debug: bool = Field(False, validation_alias="DEBUG")
    log_format: LogFormat = Field(LogFormat.CONSOLE, validation_alias="DQ_LOG_FORMAT")
    log_level: LogLevel = Field(LogLevel.INFO, validation_alias="DQ_LOG_LEVEL")
    ready_file: Path | None = Field(None, validation_alias="DQ_READY_FILE")

    @property
    def effective_log_level(self) -> LogLevel:
        """The level asked for; everything when debugging."""
        return LogLevel.DEBUG if self.debug else self.log_level


class StoreSettings(BaseProcess):
    """What a process needs to reach our own store."""

    database_url: Annotated[SecretStr, POSTGRES] = Field(validation_alias="DATABASE_URL")
    database_pool: int = Field(10, ge=1, le=1000, validation_alias="DQ_DATABASE_POOL")


class CoreSettings(StoreSettings):
    """What servers, workers and cron have in common."""

    redis_url: Annotated[SecretStr, REDIS] = Field(validation_alias="REDIS_URL")
    encryption_key: Annotated[SecretStr, AfterValidator(_fernet_keys)] = Field(validation_alias="ENCRYPTION_KEY")
    source_sessions: int = Field(8, ge=1, le=1000, validation_alias="DQ_SOURCE_SESSIONS")
    statement_timeout_seconds: Seconds = Field(300, validation_alias="DQ_STATEMENT_TIMEOUT")
    file_directories: Directories = Field((), validation_alias="DQ_FILE_DIRECTORIES")
    source_variables: Names = Field((), validation_alias="DQ_SOURCE_VARIABLES")
    plugins: Names = Field((), validation_alias="DQ_PLUGINS")
    bcrypt_rounds: int = Field(12, ge=4, le=31, validation_alias="DQ_BCRYPT_ROUNDS")
    job_timeout_seconds: Annotated[float, Field(gt=0, le=86_400)] = Field(86_400, validation_alias="DQ_JOB_TIMEOUT")
    max_queued_units: int = Field(100_000, ge=1, validation_alias="DQ_MAX_QUEUED_UNITS")
    public_url: Annotated[str, AfterValidator(_web_address)] = Field("", validation_alias="DQ_PUBLIC_URL")
    notification_networks: Networks = Field((), validation_alias="DQ_NOTIFICATION_NETWORKS")
    metrics_host: str = Field("127.0.0.1", min_length=1, validation_alias="DQ_METRICS_HOST")
    metrics_port: Port | None = Field(None, validation_alias="DQ_METRICS_PORT")

    @property
    def statement_timeout(self) -> timedelta:
        """How long one statement may run on a customer's engine."""
        return timedelta(seconds=self.statement_timeout_seconds)

    @property
    def job_timeout(self) -> timedelta:
        """How long a job may take unless its request says otherwise."""
        return timedelta(seconds=self.job_timeout_seconds)


class ServerSettings(CoreSettings):
    """The three gRPC servers."""

    api_key_header: str = Field("X-API-Key", pattern=r"^[A-Za-z0-9-]+$", validation_alias="API_KEY_HEADER")
    host: str = Field("127.0.0.1", min_length=1, validation_alias="DQ_HOST")
    connection_port: Port = Field(50051, validation_alias="DQ_CONNECTION_PORT")
    check_port: Port = Field(50052, validation_alias="DQ_CHECK_PORT")
    results_port: Port = Field(50053, validation_alias="DQ_RESULTS_PORT")
    reflection: bool = Field(True, validation_alias="DQ_REFLECTION")


class WorkerSettings(CoreSettings):
    """Workers, and cron, which shares the lease's length with them."""

    concurrency: int = Field(8, ge=1, le=1000, validation_alias="DQ_WORKER_CONCURRENCY")
    lease_seconds: Annotated[float, Field(ge=1)] = Field(30, validation_alias="DQ_LEASE")
    job_days: Days = Field(90, validation_alias="DQ_JOB_RETENTION")
    error_sample_days: Days = Field(30, validation_alias="DQ_ERROR_SAMPLE_RETENTION")
    notification_days: Days = Field(90, validation_alias="DQ_NOTIFICATION_RETENTION")

    @property
    def lease(self) -> timedelta:
        """How long a claim of a unit is valid without being renewed."""
        return timedelta(seconds=self.lease_seconds)

    @property
    def job_retention(self) -> timedelta:
        """How long jobs are kept after their end."""
        return timedelta(days=self.job_days)

    @property
    def error_sample_retention(self) -> timedelta:
        """How long error samples are kept."""
        return timedelta(days=self.error_sample_days)

    @property
    def notification_retention(self) -> timedelta:
        """How long notifications are kept after their end, if their incident is resolved."""
        return timedelta(days=self.notification_days)


def load(settings: type[T]) -> T:
    """The settings from the environment, where an empty variable counts as none.

    Raises SettingsError, which names all that is wrong.
    """
    try:
        return settings.model_validate({name: text for name, text in os.environ.items() if text})
    except ValidationError as error:
        lines = [f"  {_name(problem)}: {_explanation(problem)}" for problem in error.errors()]
        # The cause would show values in a traceback.
        raise SettingsError("\n".join(["Some settings are missing or wrong:", *lines])) from None


def _name(problem: ErrorDetails) -> str:
    return str(problem["loc"][0])


def _explanation(problem: ErrorDetails) -> str:
    if problem["type"] == "missing":
        return f"is not set; {REQUIRED.get(_name(problem), 'it is required')}"
    text = problem["msg"].removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


REQUIRED = {
    "DATABASE_URL": "for example postgresql+asyncpg://user:password@host:5432/dq",
    "REDIS_URL": "for example redis://host:6379/0",
    "ENCRYPTION_KEY": (
        'make one with `python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"`'
    ),
}
