"""The tables in DuckDB, read with statements of another engine's dialect that sqlglot has written anew for DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb
import sqlglot
from sqlglot import exp

from dq_platform.connectors.base import Rows
from dq_platform.connectors.dialect import Dialect
from dq_platform.models.metadata import ColumnInfo, DataType
from tests.dialects import DIALECTS
from tests.integration.sensors.data import (
    COLUMNS,
    EMPTY,
    RECORD_COLUMNS,
    RECORDS,
    REFERENCE,
    REFERENCE_COLUMNS,
    SCHEMA,
    TABLE,
    statements,
)

TABLES = {TABLE: COLUMNS, EMPTY: COLUMNS, RECORDS: RECORD_COLUMNS, REFERENCE: REFERENCE_COLUMNS}
KINDS = {"bigint": DataType.INTEGER, "double": DataType.FLOAT}


def columns_of(table: str) -> list[ColumnInfo]:
    """The columns as an engine's catalogue has them."""
    return [
        ColumnInfo(name, place, kind, KINDS.get(kind) or DataType(kind))
        for place, (name, (kind, _)) in enumerate(TABLES[table].items(), 1)
    ]


class Transpiled:
    """As much of a connector as a bench asks for."""

    def __init__(self, engine: str) -> None:
        self.dialect: Dialect = DIALECTS[engine]
        duck = DIALECTS["duckdb"]
        self._link = duckdb.connect()
        self._link.execute(f"CREATE SCHEMA {duck.ident(SCHEMA)}")
        for statement in (*_WORDS, *statements("duckdb", duck)):
            self._link.execute(statement)

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        return columns_of(table)

    def execute(self, sql: str) -> Rows:
        tree = sqlglot.parse_one(sql, read=self.dialect.sqlglot)
        for node in reversed(list(tree.walk())):
            change = _CHANGES.get(type(node))
            if change and (changed := change(node)) is not node:
                node.replace(changed)
        return Rows((), self._link.execute(tree.sql("duckdb")).fetchall())

    def close(self) -> None:
        self._link.close()


_WORDS = (
    "CREATE MACRO sys_extract_utc(x) AS (x AT TIME ZONE 'UTC')",
    "CREATE MACRO from_tz(x, zone) AS (x AT TIME ZONE zone)",
)
"""Functions that sqlglot does not know, and leaves as they are."""


def _cast(node: exp.Expression) -> exp.Expression:
    kind = node.args["to"]
    if kind.is_type("binary"):
        return exp.Anonymous(this="ENCODE", expressions=[node.this])
    return node


def _truncated(node: exp.Expression) -> exp.Expression:
    return exp.cast(node.expressions[0], "DATE") if node.name == "TRUNC" else node


def _first(node: exp.Expression) -> exp.Expression:
    if node.args["unit"].name == "DD":
        return exp.cast(node.this, "DATE")
    return exp.func("DATE_TRUNC", exp.Literal.string("month"), node.this) if node.args["unit"].name == "MM" else node


_CHANGES: Mapping[type[exp.Expression], Callable[[exp.Expression], exp.Expression]] = {
    exp.Anonymous: _truncated,
    exp.Cast: _cast,
    exp.DateTrunc: _first,
    exp.Systimestamp: lambda node: exp.CurrentTimestamp(),
}
"""What sqlglot writes for DuckDB with another meaning than it has in the engine, innermost first."""
