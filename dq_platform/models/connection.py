"""A customer's database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from dq_platform.models.cost import Budget

SettingValue = str | int | bool


class ConnectionType:
    """Names of the engines that come with the product; a plug-in's name is any other string."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    DUCKDB = "duckdb"
    BIGQUERY = "bigquery"
    DATABRICKS = "databricks"
    ORACLE = "oracle"
    REDSHIFT = "redshift"
    SNOWFLAKE = "snowflake"
    SQLSERVER = "sqlserver"


@dataclass(frozen=True, slots=True)
class Pause:
    """Since when a connection is paused, the name of the key that paused it, and why, if somebody said."""

    at: datetime
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach one source.

    `settings` holds what the connector's settings schema names, secrets included: it is stored encrypted, never
    shown and never logged. `time_zone` (IANA) decides where a day begins. While it has a `pause` no unit of a job
    begins to ask it. `version` grows with every change.
    """

    id: str
    workspace_id: str
    display_name: str
    type: str
    settings: Mapping[str, SettingValue] = field(repr=False)
    create_time: datetime
    update_time: datetime
    description: str = ""
    time_zone: str = "UTC"
    labels: Mapping[str, str] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)
    pause: Pause | None = None
    version: int = 1
