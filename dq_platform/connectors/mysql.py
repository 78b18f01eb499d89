"""MySQL 8 and MariaDB, through pymysql."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from contextlib import closing
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from dq_platform.connectors import mysql_catalogue as catalogue
from dq_platform.connectors.base import Rows, Setting, SettingKind, SourceVersion
from dq_platform.connectors.driver_errors import load_driver, source_error
from dq_platform.connectors.mysql_dialect import MySQLDialect
from dq_platform.connectors.mysql_errors import PROBLEMS, tls_failure_of
from dq_platform.connectors.one_query import (
    DOUBLE_QUOTED_WITH_ESCAPES,
    TEXT_WITH_ESCAPES,
    OneQuery,
    to_end_of_line,
)
from dq_platform.connectors.session import DriverErrors, DriverSession, tagged
from dq_platform.connectors.tls import (
    UNPROTECTED,
    VERIFYING,
    TlsFailure,
    check_tls_files,
    mode_of,
    mode_setting,
    on_this_machine,
    root_setting,
    roots_of,
    tls_error,
)
from dq_platform.connectors.whole_tables import columns_by_table
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import ConnectionType
from dq_platform.models.metadata import ColumnInfo, TableInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pymysql

    from dq_platform.models.connection import SettingValue

# Literals need the backslash to escape and double quotes to delimit texts, whatever the server's default is.
_SQL_MODE = "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION,NO_UNSIGNED_SUBTRACTION"


# A read-only session still writes files, INTO one, which may stand in brackets and directly behind a number.
_INTO = r"(?i:(?:[\w$]*\d)?into(?![\w$]))"
_ONE_QUERY = OneQuery(
    "MySQL",
    *(to_end_of_line(r"--(?=[\x01-\x20\x7f]|\Z)|#"), r"/\*(?!M?[!+])(?:(?!/\*|\*/).)*\*/"),
    *(TEXT_WITH_ESCAPES, DOUBLE_QUOTED_WITH_ESCAPES, "`(?:[^`]|``)*`"),
    functions=("INSERT", "TRUNCATE"),
    never=rf"['\"`#\x00]|--(?=[\x01-\x20\x7f]|\Z)|/\*|{_INTO}",
)


class MySQLConnector(DriverSession):
    """A session with one server; its databases are the schemas."""

    type: ClassVar[str] = ConnectionType.MYSQL
    display_name: ClassVar[str] = "MySQL"
    dialect: ClassVar[MySQLDialect] = MySQLDialect()
    settings_schema: ClassVar[tuple[Setting, ...]] = (
        Setting("host", "Host name or address.", default="localhost", route=True),
        Setting("port", "Port.", SettingKind.INTEGER, default=3306, minimum=1, maximum=65535, route=True),
        Setting("unix_socket", "Path of the server's socket, in place of host and port.", route=True),
        Setting("database", "Database that names without one belong to."),
        Setting("user", "User; one with read access only is best.", required=True),
        Setting("password", "Password.", secret=True),
        mode_setting("disable", "prefer", "require", *VERIFYING),
        root_setting(),
        Setting("ssl_cert", "File with the client's certificate."),
        Setting("ssl_key", "File with the key of the client's certificate."),
    )

    _driver: ModuleType
    _connection: pymysql.connections.Connection[Any] | None = None

    @classmethod
    def check_settings(cls, settings: Mapping[str, SettingValue]) -> list[Violation]:
        found = check_tls_files(settings)
        if "ssl_cert" in settings and _mode(settings) in UNPROTECTED:
            description = "ssl_mode must be require, verify-ca or verify-full beside ssl_cert."
            found.append(Violation("connection.settings.ssl_mode", description))
        return found

    def connect(self) -> None:
        self._driver = load_driver("pymysql", self.display_name, "pymysql")
        with self._statement():
            self._connection = self._new_connection()
            with self._connection.cursor() as cursor:
                server: str = self._connection.get_server_info()  # type: ignore[no-untyped-call]
                for statement in self._session_settings(server):
                    cursor.execute(statement)

    def _new_connection(self) -> pymysql.connections.Connection[Any]:
        names = ("host", "port", "unix_socket", "database", "user", "password")
        given = {name: self.settings[name] for name in names if name in self.settings}
        connection: pymysql.connections.Connection[Any] = self._driver.connect(
            **given,
            **self._tls(),
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=max(1, round(self.guards.connect_timeout.total_seconds())),
            # The server ends a slow statement itself; this is for a server that no longer answers.
            read_timeout=round(self.guards.statement_timeout.total_seconds()) + 30,
            program_name="dq-platform",
        )
        return connection

    def _tls(self) -> dict[str, object]:
        mode = _mode(self.settings)
        if mode in UNPROTECTED:
            return {"ssl_disabled": mode == "disable"}
        try:
            return {"ssl": self._tls_context(mode)}
        except OSError as error:  # also what a wrong certificate raises
            raise tls_error(self.display_name, TlsFailure.FILE_UNREADABLE) from error

    def _tls_context(self, mode: str) -> ssl.SSLContext:
        certificate, key = self.settings.get("ssl_cert"), self.settings.get("ssl_key")
        roots = roots_of(self.settings, self.display_name) if mode in VERIFYING else None
        context = ssl.create_default_context(cafile=roots)
        context.check_hostname = mode == "verify-full"
        context.verify_mode = ssl.CERT_NONE if mode == "require" else ssl.CERT_REQUIRED
        if certificate:
            context.load_cert_chain(str(certificate), str(key))
        return context

    def _session_settings(self, server: str) -> tuple[str, str]:
        timeout = self.guards.statement_timeout.total_seconds()
        limit = (
            f"max_statement_time = {timeout}" if "MariaDB" in server else f"max_execution_time = {timeout * 1000:.0f}"
        )
        settings = (
            f"SET SESSION sql_mode = '{_SQL_MODE}', SESSION time_zone = '+00:00', SESSION {limit}, "
            f"SESSION lock_wait_timeout = {max(1, round(self.guards.lock_timeout.total_seconds()))}, "
            f"SESSION sql_select_limit = {self.guards.max_rows + 1}"
        )
        return settings, "SET SESSION TRANSACTION READ ONLY"

    def execute(self, sql: str, *, tag: str = "") -> Rows:
        _ONE_QUERY.require(sql)
        return self._select(tagged(sql, tag))

    def _select(self, sql: str, *parameters: str) -> Rows:
        # Rows come one by one, because sql_select_limit yields to a LIMIT in the statement.
        with self._statement(), self._open().cursor(self._driver.cursors.SSCursor) as cursor:
            cursor.execute(sql, parameters or None)
            columns = [column[0] for column in cursor.description or ()]
            return self._within_limit(columns, cursor.fetchmany(self.guards.max_rows + 1))

    def _open(self) -> pymysql.connections.Connection[Any]:
        if self._connection is None or not self._connection.open:
            raise source_error(SourceProblem.UNREACHABLE, self.display_name)
        return self._connection

    def _send_cancel(self) -> None:
        if self._connection is None:
            return
        with closing(self._new_connection()) as other, other.cursor() as cursor:
            number: int = self._connection.thread_id()  # type: ignore[no-untyped-call]
            cursor.execute(f"KILL QUERY {number}")

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and connection.open:
            connection.close()

    def version(self) -> SourceVersion:
        [(version,)] = self._select("SELECT VERSION()").rows
        return SourceVersion("MariaDB" if "MariaDB" in version else "MySQL", str(version))

    def get_schemas(self) -> list[str]:
        names = {str(name) for (name,) in self._select(catalogue.SCHEMAS).rows}
        return sorted(name for name in names if name.lower() not in catalogue.OWN_SCHEMAS)

    def get_tables(self, schema: str) -> list[TableInfo]:
        rows = self._select(catalogue.TABLES, schema).rows
        return sorted((catalogue.table(schema, row) for row in rows), key=lambda table: table.table_name)

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        rows = self._select(catalogue.COLUMNS, schema, table, schema, table).rows
        return [catalogue.column(position, row[1:]) for position, row in enumerate(rows, 1)]

    def get_all_columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        limit = self.guards.max_rows

        def page(after: str) -> Sequence[tuple[Any, ...]]:
            return self._select(f"{catalogue.COLUMNS_AFTER} LIMIT {limit}", schema, after, schema, after).rows

        return columns_by_table(page, limit, catalogue.column)

    def _driver_errors(self) -> DriverErrors:
        return (self._driver.MySQLError,)

    def _translate(self, error: Exception) -> SourceError:
        failure = tls_failure_of(error, showing=self._connection is None and "ssl_cert" in self.settings)
        if failure:
            return tls_error(self.display_name, failure)
        number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        problem = PROBLEMS.get(number, SourceProblem.BAD_SQL)
        detail = str(error.args[-1]) if problem is SourceProblem.BAD_SQL and error.args else ""
        return source_error(problem, self.display_name, code=str(number or ""), detail=detail)


def _mode(settings: Mapping[str, SettingValue]) -> str:
    return mode_of(settings, local="unix_socket" in settings or on_this_machine(str(settings["host"])))
