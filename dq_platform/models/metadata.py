"""What a source says of its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

Place = tuple[str, str]
"""Schema and table."""
TableKey = tuple[str, str, str]
"""Connection id, schema and table."""


class TableKind(StrEnum):
    TABLE = "table"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized_view"
    FILE = "file"


class DataType(StrEnum):
    """Types as checks need to tell them apart; the engine's own name is kept beside it."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIMESTAMP_TZ = "timestamp_tz"
    TIME = "time"
    BINARY = "binary"
    JSON = "json"
    UUID = "uuid"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TableInfo:
    """`estimated_rows` and `size_bytes` are the engine's guess, `last_change_time` what it noted; None: it has none."""

    schema_name: str
    table_name: str
    kind: TableKind = TableKind.TABLE
    estimated_rows: int | None = None
    comment: str = ""
    size_bytes: int | None = None
    last_change_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """`position` counts from 1. `engine_type` is spelled as the engine does. `estimated_distinct`: None if unknown."""

    name: str
    position: int
    engine_type: str
    data_type: DataType
    nullable: bool = True
    primary_key: bool = False
    comment: str = ""
    estimated_distinct: int | None = None


@dataclass(frozen=True)  # without slots, which have no place for a cached property
class TableSnapshot:
    """A table's columns as they were at `taken_at`; an absent table has no snapshot."""

    connection_id: str
    table: TableInfo
    columns: tuple[ColumnInfo, ...]
    taken_at: datetime

    @cached_property
    def by_name(self) -> Mapping[str, ColumnInfo]:
        """The columns in their order, by name."""
        return MappingProxyType({column.name: column for column in self.columns})

    def column(self, name: str) -> ColumnInfo | None:
        return self.by_name.get(name)


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a reading of all tables, begun at `began`, found: `present` tables, as schema and name.

    It tells nothing of the `unread` schemas, nor of tables that were seen after it began.
    """

    present: Sequence[tuple[str, str]]
    began: datetime
    unread: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TableVersion:
    """A table as it was from `first_seen` until `last_seen`; if it was absent, without columns.

    `before` are the columns of the version before; None if it was absent, or if this is the first version.
    """

    table: TableInfo
    columns: tuple[ColumnInfo, ...]
    first_seen: datetime
    last_seen: datetime
    absent: bool
    before: tuple[ColumnInfo, ...] | None


@dataclass(frozen=True, slots=True)
class Estimates:
    """What is known of a table's size: its rows, and the distinct values of columns by name; nothing is exact."""

    rows: int | None = None
    distinct: Mapping[str, int] = field(default_factory=dict)

    def values(self, column: str) -> float:
        """How many distinct values the column has; infinitely many if that is not known."""
        return self.distinct.get(column, float("inf"))

    def of_sample(self, percent: float) -> Estimates:
        """Those of a sample of so many percent of the rows; it has at most as many distinct values as the table."""
        return Estimates(None if self.rows is None else round(self.rows * percent / 100), self.distinct)

    def news(self, found: Estimates) -> Estimates:
        """What was found now and not known, or known as less than half or more than twice as much."""
        rows = found.rows if found.rows is not None and _differs(self.rows, found.rows) else None
        distinct = {name: size for name, size in found.distinct.items() if _differs(self.distinct.get(name), size)}
        return Estimates(rows, distinct)


def _differs(known: int | None, found: int) -> bool:
    return known is None or not known / 2 <= found <= known * 2


class TableSize(NamedTuple):
    """What one pass over a table reads, by estimate; None: not known."""

    rows: int | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class TableSettings:
    """What users say of a table, once for all its checks.

    `filter` is an SQL condition, empty for none. `id_columns` tell the rows of error samples apart; empty: the primary
    key does. What a single row has in `pii_columns` is neither stored nor shown: not in samples, results or groups.
    """

    connection_id: str
    schema_name: str
    table_name: str
    filter: str = ""
    id_columns: tuple[str, ...] = ()
    pii_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownTable:
    """What our store has of a table: its newest snapshot, None if there is none, what users say of it, and its sizes.

    `learned` are the sizes that runs of the last 30 days found.
    """

    snapshot: TableSnapshot | None
    settings: TableSettings
    learned: Estimates = field(default_factory=Estimates)

    @property
    def size(self) -> TableSize:
        """The engine's own estimates where it has any, otherwise what runs found."""
        return table_size(self.snapshot, self.learned)


def table_size(snapshot: TableSnapshot | None, learned: Estimates) -> TableSize:
    """The size that the engine has noted with the table or, of its rows, that runs found."""
    if snapshot is None:
        return TableSize(learned.rows)
    noted = snapshot.table.estimated_rows
    return TableSize(learned.rows if noted is None else noted, snapshot.table.size_bytes)
