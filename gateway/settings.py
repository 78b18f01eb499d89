"""Settings of the gateway process, from environment variables; every wrong one is reported in one error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

MEBIBYTE = 1024 * 1024
_TOKEN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"  # noqa: S105  (a header name, not a secret)
_ADDRESS = r"^[^\s/]+:[0-9]{1,5}$"


class Settings(BaseModel):
    """Field by field: what it is, and the variable that sets it (its alias)."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, populate_by_name=True)

    host: str = Field("127.0.0.1", validation_alias="DQ_GATEWAY_HOST")
    port: int = Field(8000, ge=0, le=65535, validation_alias="DQ_GATEWAY_PORT")
    workers: int = Field(1, ge=1, le=256, validation_alias="DQ_GATEWAY_WORKERS")
    """Processes that share the port."""
    connection_addr: str = Field("127.0.0.1:50051", pattern=_ADDRESS, validation_alias="DQ_CONNECTION_ADDR")
    check_addr: str = Field("127.0.0.1:50052", pattern=_ADDRESS, validation_alias="DQ_CHECK_ADDR")
    results_addr: str = Field("127.0.0.1:50053", pattern=_ADDRESS, validation_alias="DQ_RESULTS_ADDR")
    api_key_header: str = Field("X-API-Key", pattern=_TOKEN, validation_alias="API_KEY_HEADER")
    cors_origins: tuple[str, ...] = Field((), validation_alias="DQ_CORS_ORIGINS")
    """Origins that browsers may call from, comma separated; empty: none."""
    body_limit: int = Field(8 * MEBIBYTE, ge=1, validation_alias="DQ_GATEWAY_BODY_LIMIT")
    """Bytes."""
    lenient: bool = Field(False, validation_alias="DQ_GATEWAY_LENIENT")
    """Ignore unknown query parameters and body fields instead of refusing them."""
    forward_metadata: bool = Field(
        False,
        validation_alias="DQ_GATEWAY_FORWARD_METADATA",
    )
    """Show response metadata outside the allow-list as `Grpc-Metadata-*` headers."""
    timeout: float = Field(30.0, gt=0, le=300, validation_alias="DQ_GATEWAY_TIMEOUT")
    """Seconds for a call without a `Grpc-Timeout` header."""
    stream_max_age: float = Field(600.0, gt=0, validation_alias="DQ_GATEWAY_STREAM_MAX_AGE")
    """Seconds after which a stream ends and its client has to reconnect."""
    heartbeat: float = Field(15.0, gt=0, validation_alias="DQ_GATEWAY_HEARTBEAT")
    """Seconds of silence after which an event stream gets a comment."""
    grace: int = Field(10, ge=0, validation_alias="DQ_GATEWAY_GRACE")
    """Seconds that running requests get when the process is told to stop."""
    log_format: Literal["json", "console"] = Field("console", validation_alias="DQ_LOG_FORMAT")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", validation_alias="DQ_LOG_LEVEL")

    debug: bool = Field(False, validation_alias="DEBUG")
    """Log everything, whatever the log level."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Those that the variables set; an empty one counts as none. Raises ValidationError."""
        return cls.model_validate({name: text for name, text in environment.items() if text})

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(origin.strip() for origin in value.split(",") if origin.strip())

    @field_validator("cors_origins")
    @classmethod
    def _explicit(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [origin for origin in value if not origin.startswith(("http://", "https://")) or "*" in origin]
        if wrong:
            raise ValueError(f"not an origin such as https://example.org: {', '.join(wrong)}")
        return value

    @field_validator("log_format", "log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    def upstreams(self) -> Mapping[str, str]:
        """The address that serves each service of `dq.v1`."""
        served = (
            (self.connection_addr, ("ConnectionService", "AccessService")),
            (self.check_addr, ("CheckService", "ScheduleService", "JobService")),
            (self.results_addr, ("ResultsService", "IncidentService", "NotificationService")),
        )
        return {f"dq.v1.{name}": address for address, names in served for name in names}
