"""A table's columns, and changes of them, as the store's JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from dq_platform.models.baseline import ColumnChange, ColumnChangeKind
from dq_platform.models.metadata import ColumnInfo, DataType

Json = Mapping[str, Any]
"""An object as the driver reads it: texts, numbers, booleans and None."""


def columns_to_json(columns: Iterable[ColumnInfo]) -> list[Json]:
    return [asdict(column) for column in columns]


def columns_from_json(rows: Iterable[Json]) -> tuple[ColumnInfo, ...]:
    return tuple(ColumnInfo(**{**row, "data_type": DataType(row["data_type"])}) for row in rows)


def changes_to_json(changes: Iterable[ColumnChange]) -> list[Json]:
    return [asdict(change) for change in changes]


def changes_from_json(rows: Iterable[Json]) -> tuple[ColumnChange, ...]:
    return tuple(ColumnChange(**{**row, "kind": ColumnChangeKind(row["kind"])}) for row in rows)
