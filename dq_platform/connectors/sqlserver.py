"""SQL Server and Azure SQL, through pyodbc and Microsoft's ODBC driver or FreeTDS."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta, timezone
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from dq_platform.connectors import sqlserver_catalogue as catalogue
from dq_platform.connectors import sqlserver_odbc as odbc
from dq_platform.connectors.base import Rows, Setting, SourceVersion
from dq_platform.connectors.driver_errors import load_driver, source_error
from dq_platform.connectors.one_query import BRACKETED, DOUBLE_QUOTED, TEXT, OneQuery
from dq_platform.connectors.session import DriverErrors, DriverSession, tagged
from dq_platform.connectors.sqlserver_dialect import SQLServerDialect
from dq_platform.connectors.sqlserver_errors import number_of, problem_of, said
from dq_platform.connectors.whole_tables import columns_by_table
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import ConnectionType
from dq_platform.models.metadata import ColumnInfo, TableInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyodbc

    from dq_platform.models.connection import SettingValue

# Whether a carriage return alone ends a line comment, and what is inside a comment within a comment, is read in more
# than one way: such comments are refused. So are letters behind a number, where a second statement could begin.
_LINE_COMMENT = r"--[^\r\n]*(?=\r?\n|\Z)"
_BLOCK_COMMENT = r"/\*(?:[^*/]|\*(?!/)|/(?!\*))*\*/"
_NUMBER = r"0[xX][0-9A-Fa-f]*(?!\w)|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?(?!\w)"
_NEVER = r"['\"\[]|--|/\*|\d"

# Words that begin a statement, which needs no semicolon before it. All are reserved.
_STATEMENTS = frozenset({
    "ALTER", "BACKUP", "BEGIN", "BREAK", "BULK", "CHECKPOINT", "CLOSE", "COMMIT", "CONTINUE", "CREATE", "DBCC",
    "DEALLOCATE", "DECLARE", "DENY", "DISK", "DROP", "DUMP", "GOTO", "GRANT", "IF", "KILL", "LINENO", "LOAD", "OPEN",
    "PRINT", "RAISERROR", "READTEXT", "RECONFIGURE", "RESTORE", "RETURN", "REVERT", "REVOKE", "ROLLBACK", "SAVE", "SET",
    "SETUSER", "SHUTDOWN", "TRIGGER", "UPDATETEXT", "USE", "WAITFOR", "WHILE", "WRITETEXT",
})  # fmt: skip

_ONE_QUERY = OneQuery(
    "SQL Server",
    *(_LINE_COMMENT, _BLOCK_COMMENT, TEXT, DOUBLE_QUOTED, BRACKETED, _NUMBER),
    also=_STATEMENTS,
    never=_NEVER,
)

_DATETIMEOFFSET = -155


class SQLServerConnector(DriverSession):
    """A session with one database.

    Neither it nor its statements can be made read-only on the server, nor limited in time: only one query goes out,
    and the driver asks the server to stop it when its time is over.
    """

    type: ClassVar[str] = ConnectionType.SQLSERVER
    display_name: ClassVar[str] = "SQL Server"
    dialect: ClassVar[SQLServerDialect] = SQLServerDialect()
    settings_schema: ClassVar[tuple[Setting, ...]] = odbc.SETTINGS

    _driver: ModuleType
    _connection: pyodbc.Connection | None = None
    _cursor: pyodbc.Cursor | None = None

    @classmethod
    def check_settings(cls, settings: Mapping[str, SettingValue]) -> list[Violation]:
        return odbc.check_together(settings)

    def connect(self) -> None:
        self._driver = load_driver("pyodbc", self.display_name, "dq-platform[sqlserver]", library="unixodbc")
        self._driver.pooling = False  # type: ignore[attr-defined]  # sessions are ours to keep
        name = odbc.chosen_driver(self.settings, self._driver.drivers())
        with self._statement():
            self._connection = self._new_connection(name)
            self._connection.timeout = max(1, math.ceil(self.guards.statement_timeout.total_seconds()))
            self._connection.add_output_converter(_DATETIMEOFFSET, _moment)
            with closing(self._connection.cursor()) as cursor:
                cursor.execute(self._session_settings())

    def _new_connection(self, driver: str) -> pyodbc.Connection:
        token = self.settings.get("access_token")
        connection: pyodbc.Connection = self._driver.connect(
            odbc.connection_string(self.settings, driver),
            autocommit=True,  # one query is a transaction of its own
            timeout=max(1, math.ceil(self.guards.connect_timeout.total_seconds())),
            attrs_before={odbc.ACCESS_TOKEN_ATTRIBUTE: odbc.token_attribute(str(token))} if token else {},
        )
        return connection

    def _session_settings(self) -> str:
        lock_timeout = round(self.guards.lock_timeout.total_seconds() * 1000)
        return (
            "SET QUOTED_IDENTIFIER, ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL ON;"
            f"SET LOCK_TIMEOUT {lock_timeout};"
            f"SET ROWCOUNT {self.guards.max_rows + 1}"
        )

    def execute(self, sql: str, *, tag: str = "") -> Rows:
        _ONE_QUERY.require(sql)
        return self._select(tagged(sql, tag))

    def _select(self, sql: str) -> Rows:
        with self._new_cursor() as cursor, self._statement():
            self._execute(cursor, sql)
            columns = [column[0] for column in cursor.description or ()]
            return self._within_limit(columns, [tuple(row) for row in cursor.fetchmany(self.guards.max_rows + 1)])

    def _execute(self, cursor: pyodbc.Cursor, sql: str) -> None:
        """Raises SourceError (CANCELLED) for what pyodbc makes of a statement that is cancelled while it begins."""
        try:
            cursor.execute(sql)
        except TypeError as error:
            if not self._cancelled:
                raise
            raise source_error(SourceProblem.CANCELLED, self.display_name) from error

    @contextmanager
    def _new_cursor(self) -> Iterator[pyodbc.Cursor]:
        """A cursor that can be cancelled until it is closed."""
        with self._statement():
            cursor = self._cursor = self._open().cursor()
        try:
            yield cursor
        finally:
            self._cursor = None
            with suppress(self._driver.Error):  # of a connection that broke, which the statement has told
                cursor.close()

    def _open(self) -> pyodbc.Connection:
        if self._connection is None:
            raise source_error(SourceProblem.UNREACHABLE, self.display_name)
        return self._connection

    def _send_cancel(self) -> None:
        if self._cursor is not None:
            with suppress(self._driver.Error):  # it has not begun yet: whoever wants it to end asks again
                self._cursor.cancel()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except self._driver.Error:
                return  # it is closed already

    def version(self) -> SourceVersion:
        sql = "SELECT CAST(SERVERPROPERTY('ProductVersion') AS NVARCHAR(128)) AS version"
        [(version,)] = self._select(sql).rows
        return SourceVersion(self.display_name, str(version))

    def get_schemas(self) -> list[str]:
        return sorted(str(name) for (name,) in self._select(catalogue.SCHEMAS).rows)

    def get_tables(self, schema: str) -> list[TableInfo]:
        rows = self._select(catalogue.TABLES.format(schema=self.dialect.text(schema))).rows
        return sorted((catalogue.table_info(schema, row) for row in rows), key=lambda table: table.table_name)

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        names = {"schema": self.dialect.text(schema), "table": self.dialect.text(table)}
        rows = self._select(catalogue.COLUMNS.format(**names)).rows
        return [catalogue.column_info(position, row[1:]) for position, row in enumerate(rows, 1)]

    def get_all_columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        limit, literal = self.guards.max_rows, self.dialect.text

        def page(after: str) -> Sequence[tuple[Any, ...]]:
            names = {"schema": literal(schema), "table": literal(after)}
            return self._select(catalogue.COLUMNS_AFTER.format(limit=limit, **names)).rows

        return columns_by_table(page, limit, catalogue.column_info)

    def _driver_errors(self) -> DriverErrors:
        return (self._driver.Error,)

    def _translate(self, error: Exception) -> SourceError:
        sqlstate, message = (str(part) for part in (*error.args, "", "")[:2])
        if self._connection is None and "certificate" in message.lower():
            text = "SQL Server's certificate descends from no trusted authority, or is another host's."
            return SourceError(SourceProblem.UNREACHABLE, text)
        number = number_of(message)
        problem = problem_of(sqlstate, number)
        if problem is SourceProblem.TIMEOUT and self._cursor is None:
            problem = SourceProblem.UNREACHABLE  # it was the login that took too long
        detail = said(message) if problem is SourceProblem.BAD_SQL else ""
        return source_error(problem, self.display_name, code=str(number or sqlstate), detail=detail)


def _moment(value: bytes) -> datetime:
    """A DATETIMEOFFSET from the driver's structure of it."""
    year, month, day, hour, minute, second, nanoseconds, offset_hours, offset_minutes = struct.unpack("<6hI2h", value)
    zone = timezone(timedelta(hours=offset_hours, minutes=offset_minutes))
    return datetime(year, month, day, hour, minute, second, nanoseconds // 1000, zone)
