"""Names and parameters as SQL that is safe to put into a statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import cast

from dq_platform.checks.params import ParamKind, ParamSpec
from dq_platform.checks.sensors.context import SensorContext
from dq_platform.connectors.dialect import Dialect, Fragment, LiteralValue
from dq_platform.errors import Invalid
from dq_platform.models.metadata import ColumnInfo, DataType
from dq_platform.models.values import ParamValue


class ColumnFragment(Fragment):
    """A quoted column that knows its type."""

    __slots__ = ("data_type",)

    data_type: DataType


ParamFragment = Fragment | tuple[Fragment, ...]


def column_fragment(dialect: Dialect, column: ColumnInfo) -> ColumnFragment:
    fragment = ColumnFragment(dialect.ident(column.name))
    fragment.data_type = column.data_type
    return fragment


def param_fragment(spec: ParamSpec, value: ParamValue, context: SensorContext) -> ParamFragment:
    """The parameter as its kind is written in SQL. Raises Invalid for a column that the table does not have."""
    if isinstance(value, tuple):
        return tuple(_one(spec, item, context) for item in value)
    return _one(spec, value, context)


def split_table_name(text: str, default_schema: str) -> tuple[str, str]:
    """Schema and table of `table`, `schema.table`, or either part in double quotes. Raises ValueError."""
    parts, rest = [], text.strip()
    while rest:
        part, rest = _name_part(rest)
        parts.append(part)
    if not 1 <= len(parts) <= 2 or not all(parts) or text.rstrip().endswith("."):
        message = "must be a table name: table or schema.table, a part with dots in double quotes"
        raise ValueError(message)
    return (default_schema, parts[0]) if len(parts) == 1 else (parts[0], parts[1])


def _name_part(text: str) -> tuple[str, str]:
    """The first part of a dotted name and what follows its dot."""
    if not text.startswith('"'):
        part, _, rest = text.partition(".")
        return part, rest
    end = 1
    while end < len(text) and (text[end] != '"' or text[end : end + 2] == '""'):
        end += 2 if text[end] == '"' else 1
    after = text[end + 1 :]
    if end >= len(text) or (after and not after.startswith(".")):
        return "", ""
    return text[1:end].replace('""', '"'), after[1:]


def _one(spec: ParamSpec, value: str | float | bool, context: SensorContext) -> Fragment:  # noqa: FBT001
    special = _SPECIAL.get(spec.kind)
    return special(cast("str", value), context) if special else context.dialect.literal(cast("LiteralValue", value))


def _own_column(name: str, context: SensorContext) -> Fragment:
    column = context.table.columns.get(name)
    if column is None:
        raise Invalid.one("check.sensor_params", f"The table has no column {name!r}.", "COLUMN_NOT_FOUND")
    return column_fragment(context.dialect, column)


def _table(name: str, context: SensorContext) -> Fragment:
    return context.dialect.table(*split_table_name(name, context.table.schema))


def _accepted_sql(text: str, context: SensorContext) -> Fragment:  # noqa: ARG001
    return Fragment(f"({text})")


_SPECIAL: Mapping[ParamKind, Callable[[str, SensorContext], Fragment]] = {
    ParamKind.COLUMN: _own_column,
    ParamKind.COLUMN_LIST: _own_column,
    ParamKind.OTHER_COLUMN: lambda name, context: context.dialect.ident(name),
    ParamKind.TABLE: _table,
    ParamKind.DATE: lambda text, context: context.dialect.literal(date.fromisoformat(text)),
    ParamKind.SQL_CONDITION: _accepted_sql,
    ParamKind.SQL_EXPRESSION: _accepted_sql,
    ParamKind.SQL_QUERY: lambda text, _: Fragment(text),
    ParamKind.SEVERITY_QUERY: lambda text, _: Fragment(text),
}
