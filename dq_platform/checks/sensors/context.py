"""What a sensor is rendered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dq_platform.connectors.dialect import Dialect, Fragment
from dq_platform.models.metadata import ColumnInfo
from dq_platform.models.values import Params


@dataclass(frozen=True, slots=True)
class TargetInfo:
    """The checked table; `columns` by name in their order, empty if the table does not exist."""

    schema: str
    table: str
    columns: Mapping[str, ColumnInfo]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be seen of the rows that a sensor objects to.

    `shown` are the SQL expressions to select. `ids` are the names of the columns that tell a row from others, by which
    a user's own query is matched with the rows.
    """

    shown: tuple[str, ...] = ()
    ids: tuple[Fragment, ...] = ()


@dataclass(frozen=True, slots=True)
class SensorContext:
    """What a sensor is rendered with.

    `column` is None for sensors of a table, and for metadata sensors of a column that does not exist. `params` are
    validated and complete. `where` is the combined SQL condition, empty for all rows; `keys` are the SQL expressions
    of the period and the groups. Only sensors that need a SELECT of their own, and error samples, use these two;
    `wanted` is for error samples alone. `changed_columns` is how many of the columns that the check looks at differ
    from its baseline, None if it has none. `sampled` is the table as FROM takes a sample of it, empty if all rows are
    looked at.
    """

    dialect: Dialect
    table: TargetInfo
    column: ColumnInfo | None = None
    params: Params = field(default_factory=dict)
    where: str = ""
    keys: tuple[str, ...] = ()
    changed_columns: int | None = None
    wanted: Wanted = field(default_factory=Wanted)
    sampled: str = ""
