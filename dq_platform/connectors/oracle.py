"""Oracle Database 12.2 and later, through oracledb in its thin mode."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from decimal import Decimal
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from dq_platform.connectors.base import Rows, Setting, SourceVersion
from dq_platform.connectors.driver_errors import load_driver, source_error
from dq_platform.connectors.one_query import DOUBLE_QUOTED, LINE_COMMENT, TEXT, OneQuery
from dq_platform.connectors.oracle_catalogue import (
    COLUMNS,
    COLUMNS_AFTER,
    SCHEMAS,
    TABLES,
    column_info,
    table_info,
)
from dq_platform.connectors.oracle_dialect import OracleDialect
from dq_platform.connectors.oracle_errors import PROBLEMS
from dq_platform.connectors.oracle_settings import SETTINGS, connect_parameters, contradictions
from dq_platform.connectors.session import DriverErrors, DriverSession, named
from dq_platform.connectors.whole_tables import columns_by_table
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import ConnectionType
from dq_platform.models.metadata import ColumnInfo, TableInfo

if TYPE_CHECKING:
    import oracledb

    from dq_platform.models.connection import SettingValue

# A hint is a comment here, and every comment ends where the first */ stands.
_BLOCK_COMMENT = r"/\*(?:[^*]|\*(?!/))*\*/"
_QUOTED = "|".join(rf"{a}(?:(?!{b}').)*{b}'" for a, b in ((r"\[", r"\]"), (r"\{", r"\}"), ("<", ">"), (r"\(", r"\)")))
_QUOTED_OTHERWISE = rf"\b[nN]?[qQ]'(?:{_QUOTED}|(?P<mark>[^\[{{<(])(?:(?!(?P=mark)').)*(?P=mark)')"
_ONE_QUERY = OneQuery("Oracle", LINE_COMMENT, _BLOCK_COMMENT, _QUOTED_OTHERWISE, TEXT, DOUBLE_QUOTED)

_SESSION = (
    "ALTER SESSION SET TIME_ZONE = 'UTC' NLS_NUMERIC_CHARACTERS = '.,' NLS_COMP = 'BINARY' NLS_SORT = 'BINARY' "
    "NLS_DATE_FORMAT = 'YYYY-MM-DD' NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF6' "
    "NLS_TIMESTAMP_TZ_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF6TZH:TZM'"
)
_VERSION = "SELECT version FROM product_component_version WHERE product LIKE 'Oracle%'"
_TAG_LENGTH = 64
_BATCH = 5000


class OracleConnector(DriverSession):
    """A session with one database; its users are the schemas."""

    type: ClassVar[str] = ConnectionType.ORACLE
    display_name: ClassVar[str] = "Oracle"
    dialect: ClassVar[OracleDialect] = OracleDialect()
    settings_schema: ClassVar[tuple[Setting, ...]] = SETTINGS

    _driver: ModuleType
    _connection: oracledb.Connection | None = None

    @classmethod
    def check_settings(cls, settings: Mapping[str, SettingValue]) -> list[Violation]:
        return contradictions(settings)

    def connect(self) -> None:
        self._driver = load_driver("oracledb", self.display_name, "dq-platform[oracle]")
        with self._statement():
            self._connection = self._driver.connect(
                **connect_parameters(self.settings),
                tcp_connect_timeout=self.guards.connect_timeout.total_seconds(),
                program="dq-platform",
            )
            self._connection.call_timeout = _milliseconds(self.guards.connect_timeout.total_seconds())
            self._connection.module = "dq-platform"
            with self._connection.cursor() as cursor:
                cursor.execute(_SESSION)

    def execute(self, sql: str, *, tag: str = "") -> Rows:
        """The rows. The tag is the session's action and client identifier: a comment would be parsed for each job."""
        _ONE_QUERY.require(sql)
        with self._statement():
            connection = self._open()
            connection.action = connection.client_identifier = named(tag)[:_TAG_LENGTH] if tag else ""
        return self._select(sql)

    def _select(self, sql: str, **parameters: str) -> Rows:
        with self._statement(), self._read_only() as cursor:
            cursor.parse(sql)
            cursor.execute(self._without_zones(sql, cursor), parameters, fetch_lobs=False, fetch_decimals=True)
            columns = [column.name for column in self._described(cursor)]
            rows = self._fetched(cursor)
            return self._within_limit(columns, self._plain(rows, self._described(cursor)))

    @contextmanager
    def _read_only(self) -> Iterator[oracledb.Cursor]:
        """A cursor in a transaction that can change nothing, within the statement timeout."""
        connection = self._open()
        self._ends = time.monotonic() + self.guards.statement_timeout.total_seconds()
        self._hurry()
        with connection.cursor() as cursor:
            cursor.arraysize = min(_BATCH, self.guards.max_rows + 1)
            cursor.prefetchrows = cursor.arraysize
            cursor.execute("SET TRANSACTION READ ONLY")
            try:
                yield cursor
            finally:
                with suppress(self._driver.Error):  # a session that is gone has no transaction any more
                    connection.rollback()

    def _hurry(self) -> None:
        """The driver's timeout is for one round trip: what is left of the statement's counts."""
        self._open().call_timeout = _milliseconds(self._ends - time.monotonic())

    def _described(self, cursor: oracledb.Cursor) -> list[Any]:
        return list(cursor.description or ())

    def _without_zones(self, sql: str, cursor: oracledb.Cursor) -> str:
        """The driver drops time zones, and fails where they have a name: timestamps with zone are fetched in UTC."""
        columns = self._described(cursor)
        zoned = self._driver.DB_TYPE_TIMESTAMP_TZ
        if not any(column.type_code is zoned for column in columns):
            return sql
        names = [f"c{number}" for number in range(len(columns))]
        values = [
            f"SYS_EXTRACT_UTC({name})" if column.type_code is zoned else name
            for name, column in zip(names, columns, strict=True)
        ]
        shown = [f"{one} AS {self.dialect.ident(column.name)}" for one, column in zip(values, columns, strict=True)]
        return f"WITH dq ({', '.join(names)}) AS (\n{sql}\n) SELECT {', '.join(shown)} FROM dq"  # noqa: S608

    def _fetched(self, cursor: oracledb.Cursor) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        while len(rows) <= self.guards.max_rows:
            self._hurry()
            batch = cursor.fetchmany()
            rows.extend(batch)
            if not batch:
                break
        return rows

    def _plain(self, rows: list[tuple[Any, ...]], columns: list[Any]) -> list[tuple[Any, ...]]:
        """Whole numbers as int where the column's type has no places; dates as date where all are of midnight."""
        if not rows:
            return rows
        series = [
            self._plain_column(values, column) for values, column in zip(zip(*rows, strict=True), columns, strict=True)
        ]
        return list(zip(*series, strict=True))

    def _plain_column(self, values: tuple[Any, ...], column: Any) -> tuple[Any, ...]:  # noqa: ANN401  oracledb.FetchInfo
        if column.type_code is self._driver.DB_TYPE_DATE and all(_is_midnight(value) for value in values):
            return tuple(value and value.date() for value in values)
        if column.type_code is self._driver.DB_TYPE_NUMBER and (column.scale or 0) <= 0:
            return tuple(_as_whole(value) for value in values)
        return values

    def _open(self) -> oracledb.Connection:
        if self._connection is None:
            raise source_error(SourceProblem.UNREACHABLE, self.display_name)
        return self._connection

    def _send_cancel(self) -> None:
        if self._connection is not None:
            self._connection.cancel()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(self._driver.Error, OSError):  # it may be gone already
                connection.close()

    def version(self) -> SourceVersion:
        rows = self._select(_VERSION).rows
        return SourceVersion(self.display_name, str(rows[0][0]) if rows else self._open().version)

    def get_schemas(self) -> list[str]:
        return sorted(str(name) for (name,) in self._select(SCHEMAS).rows)

    def get_tables(self, schema: str) -> list[TableInfo]:
        rows = self._select(TABLES, schema=schema).rows
        return sorted((table_info(schema, row) for row in rows), key=lambda table: table.table_name)

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        rows = self._select(COLUMNS, schema=schema, name=table).rows
        return [column_info(position, row[1:]) for position, row in enumerate(rows, 1)]

    def get_all_columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        limit = self.guards.max_rows
        page = f"{COLUMNS_AFTER} FETCH FIRST {limit} ROWS ONLY"
        return columns_by_table(lambda after: self._select(page, schema=schema, name=after).rows, limit, column_info)

    def _driver_errors(self) -> DriverErrors:
        return (self._driver.Error, OSError)

    def _translate(self, error: Exception) -> SourceError:
        told = error.args[0] if error.args else None
        code = str(getattr(told, "full_code", "") or "")
        unknown = SourceProblem.UNREACHABLE if isinstance(error, OSError) else SourceProblem.BAD_SQL
        problem = PROBLEMS.get(code, unknown)
        said = str(getattr(told, "message", "")) if problem is SourceProblem.BAD_SQL else ""
        return source_error(problem, self.display_name, code=code, detail=said.removeprefix(f"{code}: "))


def _milliseconds(seconds: float) -> int:
    """At least one: none would be no limit at all."""
    return max(1, round(seconds * 1000))


def _is_midnight(value: datetime | None) -> bool:
    return value is None or (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)


def _as_whole(value: Decimal | int | None) -> Decimal | int | None:
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value
