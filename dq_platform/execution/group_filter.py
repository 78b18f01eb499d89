"""The rows of one data group, as a condition: the way back from a group's text to a column's value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from dq_platform.connectors.dialect import Dialect, Fragment
from dq_platform.errors import Unsupported
from dq_platform.models.metadata import ColumnInfo, DataType

_TRUE = ("true", "1")
"""How drivers of engines with and without a type of their own for it give a true value."""


def group_filter(dialect: Dialect, column: ColumnInfo, text: str | None) -> Fragment:
    """Whether the column holds the value that `groups.text_of` wrote so.

    Raises Unsupported for types whose text does not tell the value for certain.
    """
    name = dialect.ident(column.name)
    if text is None:
        return Fragment(f"{name} IS NULL")
    condition = _CONDITIONS.get(column.data_type)
    try:
        if condition is not None:
            return condition(dialect, name, text)
    except (ValueError, ArithmeticError):
        pass  # the text is none of the type's, as that of an infinity
    message = f"The rows of a group by {column.name!r}, which is of type {column.engine_type}, cannot be told apart."
    raise Unsupported(message)


def _equals(dialect: Dialect, name: str, value: float | Decimal | date) -> Fragment:
    return Fragment(f"{name} = {dialect.literal(value)}")


def _same_uuid(dialect: Dialect, name: str, text: str) -> Fragment:
    return Fragment(f"{dialect.lower(dialect.as_text(name))} = {dialect.text(text.lower())}")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


_CONDITIONS: Mapping[DataType, Callable[[Dialect, str, str], Fragment]] = {
    DataType.TEXT: lambda dialect, name, text: dialect.equals_text(name, dialect.text(text)),
    DataType.BOOLEAN: lambda dialect, name, text: dialect.is_boolean(name, text in _TRUE),
    DataType.INTEGER: lambda dialect, name, text: _equals(dialect, name, int(text)),
    DataType.DECIMAL: lambda dialect, name, text: _equals(dialect, name, Decimal(text)),
    DataType.DATE: lambda dialect, name, text: _equals(dialect, name, _moment(text).date()),
    DataType.TIMESTAMP: lambda dialect, name, text: Fragment(f"{name} = {dialect.wall_clock(_moment(text))}"),
    DataType.TIMESTAMP_TZ: lambda dialect, name, text: Fragment(f"{name} = {dialect.timestamp(_moment(text))}"),
    DataType.UUID: _same_uuid,
}
