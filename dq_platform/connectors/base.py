"""What every engine's connector offers; a new engine is one subclass in one file.

A connector is one session with one source, used by one thread at a time; `cancel` alone may come from another.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar

from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.file_places import FilePlaces
from dq_platform.errors import Violation
from dq_platform.models.connection import SettingValue
from dq_platform.models.metadata import ColumnInfo, TableInfo


class SettingKind(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Beside:
    """Another setting, which has choices, and those of them beside which a setting counts."""

    setting: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a connection, as a form would show it. `choices` is empty if any value goes.

    `route` marks what decides where secrets are sent and how they are guarded on the way. `beside` tells where the
    setting counts, None: everywhere. Elsewhere it has no default, is not required, and is refused. What it names stands
    before it in the schema.
    """

    name: str
    description: str
    kind: SettingKind = SettingKind.TEXT
    required: bool = False
    secret: bool = False
    default: SettingValue | None = None
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    route: bool = False
    beside: Beside | None = None


@dataclass(frozen=True, slots=True)
class Guards:
    """Limits that a source is used under; `files` are those of this machine that it may consist of."""

    connect_timeout: timedelta = timedelta(seconds=10)
    statement_timeout: timedelta = timedelta(seconds=300)
    lock_timeout: timedelta = timedelta(seconds=30)
    max_rows: int = 100_000
    files: FilePlaces = field(default_factory=FilePlaces)


@dataclass(frozen=True, slots=True)
class Rows:
    """A statement's answer: column names as the statement spelled them and one tuple per row."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class SourceVersion:
    """What answered a connection test."""

    product: str
    version: str


class BaseConnector(ABC):
    """One session with one source. Every method raises SourceError and nothing else for the source's failures."""

    type: ClassVar[str]
    display_name: ClassVar[str]
    dialect: ClassVar[Dialect]
    settings_schema: ClassVar[tuple[Setting, ...]]

    def __init__(self, settings: Mapping[str, SettingValue], guards: Guards) -> None:
        self.settings = settings
        self.guards = guards

    @classmethod
    def check_settings(cls, settings: Mapping[str, SettingValue]) -> list[Violation]:
        """What is wrong with the settings taken together; each by itself is valid and has its default already."""
        del settings
        return []

    @classmethod
    def check_guards(cls, settings: Mapping[str, SettingValue], guards: Guards) -> list[Violation]:
        """What in valid settings the guards forbid, as far as it can be told without the source."""
        del settings, guards
        return []

    def is_stale(self) -> bool:
        """Whether the source changed in a way that this session cannot see, so that a new one is due."""
        return False

    @abstractmethod
    def connect(self) -> None:
        """Open the session, read-only, with the guards in force."""

    @abstractmethod
    def execute(self, sql: str, *, tag: str = "") -> Rows:
        """The rows of one SELECT; more than `guards.max_rows` is an error. `tag` (workspace, job) becomes a comment."""

    @abstractmethod
    def cancel(self) -> None:
        """Stop the running statement, on the server too; safe from any thread and when nothing runs."""

    @abstractmethod
    def close(self) -> None:
        """End the session; never raises."""

    @abstractmethod
    def version(self) -> SourceVersion:
        """What the source is; the cheapest statement that proves that it answers."""

    @abstractmethod
    def get_schemas(self) -> list[str]:
        """Schemas that hold users' tables, sorted; the engine's own are left out."""

    @abstractmethod
    def get_tables(self, schema: str) -> list[TableInfo]:
        """Tables and views of a schema, sorted by name."""

    @abstractmethod
    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        """Columns by position; empty if the table does not exist."""

    def get_all_columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        """`get_columns` of every table of the schema, by table; an engine that can says it with few statements."""
        tables = (table.table_name for table in self.get_tables(schema))
        return {table: self.get_columns(schema, table) for table in tables}

    @classmethod
    def reads_schemas_at_once(cls) -> bool:
        """Whether `get_all_columns` asks less than once for each table."""
        return cls.get_all_columns is not BaseConnector.get_all_columns

    def get_columns_of(self, schema: str, tables: Sequence[str]) -> dict[str, list[ColumnInfo]]:
        """`get_columns` of those of the schema's tables that exist, by the given name; at once if there are several."""
        if len(tables) < 2 or not self.reads_schemas_at_once():
            found = {table: self.get_columns(schema, table) for table in tables}
        else:
            every = self.get_all_columns(schema)
            listed = {name.casefold() for name in every}
            # Engines that do not tell `a` from `A` find a table by another spelling than the one they list.
            respelled = [table for table in tables if table not in every and table.casefold() in listed]
            found = {table: every[table] for table in tables if table in every}
            found |= {table: self.get_columns(schema, table) for table in respelled}
        return {table: columns for table, columns in found.items() if columns}
