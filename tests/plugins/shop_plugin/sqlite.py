"""SQLite database files as sources, through the driver that comes with Python."""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

from dq_platform.connectors.base import Rows, Setting, SourceVersion
from dq_platform.connectors.driver_errors import source_error
from dq_platform.connectors.session import DriverErrors, DriverSession, tagged
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableKind
from shop_plugin.sqlite_dialect import SQLiteDialect

_STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 10_000
_TYPES = (  # what a declared type contains; the first that fits counts
    ("BOOL", DataType.BOOLEAN),
    ("INT", DataType.INTEGER),
    ("CHAR", DataType.TEXT),
    ("TEXT", DataType.TEXT),
    ("REAL", DataType.FLOAT),
    ("FLOA", DataType.FLOAT),
    ("DOUB", DataType.FLOAT),
    ("NUMERIC", DataType.DECIMAL),
    ("DECIMAL", DataType.DECIMAL),
    ("DATETIME", DataType.TIMESTAMP),
    ("TIMESTAMP", DataType.TIMESTAMP),
    ("DATE", DataType.DATE),
    ("BLOB", DataType.BINARY),
)
_PROBLEMS = {
    "SQLITE_BUSY": SourceProblem.RESOURCE,
    "SQLITE_CANTOPEN": SourceProblem.NOT_FOUND,
    "SQLITE_INTERRUPT": SourceProblem.TIMEOUT,
    "SQLITE_NOTADB": SourceProblem.NOT_FOUND,
    "SQLITE_READONLY": SourceProblem.PERMISSION,
}


class _OfAll:
    """An aggregate that a function of all values gives; NULL over fewer values than it needs."""

    def __init__(self, function: Callable[[list[float]], float]) -> None:
        self._function = function
        self._values: list[float] = []

    def step(self, value: float | None) -> None:
        if value is not None:
            self._values.append(value)

    def finalize(self) -> float | None:
        try:
            return self._function(self._values)
        except statistics.StatisticsError:
            return None


_AGGREGATES = {
    "STDDEV_SAMP": statistics.stdev,
    "STDDEV_POP": statistics.pstdev,
    "VAR_SAMP": statistics.variance,
    "VAR_POP": statistics.pvariance,
}


class SQLiteConnector(DriverSession):
    """A session that reads one file; its only schema is `main`."""

    type: ClassVar[str] = "sqlite"
    display_name: ClassVar[str] = "SQLite"
    dialect: ClassVar[SQLiteDialect] = SQLiteDialect()
    settings_schema: ClassVar[tuple[Setting, ...]] = (
        Setting("database", "Path of the database file; it is opened for reading only.", required=True),
    )

    _connection: sqlite3.Connection | None = None

    def connect(self) -> None:
        path = Path(str(self.settings["database"]))
        if not path.is_file():
            raise source_error(SourceProblem.NOT_FOUND, self.display_name)
        with self._statement():
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro",
                uri=True,
                isolation_level=None,
                timeout=self.guards.lock_timeout.total_seconds(),
                check_same_thread=False,  # cancel comes from another thread
            )
            self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            for name, function in _AGGREGATES.items():
                self._connection.create_aggregate(name, 1, partial(_OfAll, function))

    def execute(self, sql: str, *, tag: str = "") -> Rows:
        with self._statement():
            cursor = self._run(tagged(sql, tag))
            columns = [name for name, *_ in cursor.description or ()]
            return self._within_limit(columns, cursor.fetchmany(self.guards.max_rows + 1))

    def _run(self, sql: str, *values: str) -> sqlite3.Cursor:
        if self._connection is None:
            raise source_error(SourceProblem.UNREACHABLE, self.display_name)
        end = time.monotonic() + self.guards.statement_timeout.total_seconds()
        self._connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS_BETWEEN_LOOKS_AT_THE_CLOCK)
        return self._connection.execute(sql, values)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def version(self) -> SourceVersion:
        [(version,)] = self.execute("SELECT sqlite_version()").rows
        return SourceVersion(self.display_name, version)

    def get_schemas(self) -> list[str]:
        return ["main"]

    def get_tables(self, schema: str) -> list[TableInfo]:
        sql = "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
        found = self.execute(f"{sql} ORDER BY name").rows if schema == "main" else []
        return [TableInfo(schema, name, TableKind(kind)) for name, kind in found]

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        if schema != "main":
            return []
        with self._statement():
            sql = 'SELECT name, cid + 1, type, "notnull", pk FROM pragma_table_info(?) ORDER BY cid'
            rows = self._run(sql, table).fetchall()
        return [
            ColumnInfo(name, position, declared, _data_type(declared), not (required or key), bool(key))
            for name, position, declared, required, key in rows
        ]

    def _send_cancel(self) -> None:
        if self._connection is not None:
            self._connection.interrupt()

    def _driver_errors(self) -> DriverErrors:
        return (sqlite3.Error,)

    def _translate(self, error: Exception) -> SourceError:
        code = getattr(error, "sqlite_errorname", "")
        known = SourceProblem.NOT_FOUND if "no such table" in str(error) else _PROBLEMS.get(code)
        problem = known or SourceProblem.BAD_SQL
        detail = str(error) if problem is SourceProblem.BAD_SQL else ""
        return source_error(problem, self.display_name, code=code, detail=detail)


def _data_type(declared: str) -> DataType:
    return next((known for part, known in _TYPES if part in declared.upper()), DataType.OTHER)
