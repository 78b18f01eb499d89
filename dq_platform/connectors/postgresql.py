"""PostgreSQL and what speaks its protocol, through psycopg2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from dq_platform.connectors import postgresql_catalogue as catalogue
from dq_platform.connectors.base import Rows, Setting, SettingKind, SourceVersion
from dq_platform.connectors.driver_errors import load_driver, problem_of_sqlstate, source_error
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.connectors.postgresql_errors import problem_of, tls_failure_of
from dq_platform.connectors.postgresql_query import ONE_QUERY
from dq_platform.connectors.session import DriverErrors, DriverSession, tagged
from dq_platform.connectors.tls import (
    UNPROTECTED,
    VERIFYING,
    check_tls_files,
    mode_of,
    mode_setting,
    on_this_machine,
    require_readable,
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

    import psycopg2.extensions

    from dq_platform.models.connection import SettingValue

# Otherwise libpq takes the password, certificate and options of this process's environment and home directory, for
# whatever host a connection names. The file cannot exist.
_NOTHING_OF_OURS: dict[str, SettingValue] = {
    "password": "",
    "passfile": "/dev/null/none",
    "sslcert": "/dev/null/none",
    "sslkey": "/dev/null/none",
    "options": "",
}


class PostgreSQLConnector(DriverSession):
    type: ClassVar[str] = ConnectionType.POSTGRESQL
    display_name: ClassVar[str] = "PostgreSQL"
    dialect: ClassVar[PostgreSQLDialect] = PostgreSQLDialect()
    settings_schema: ClassVar[tuple[Setting, ...]] = (
        Setting(
            "host", "Host name or address, or the directory of the server's unix socket.", required=True, route=True
        ),
        Setting("port", "Port.", SettingKind.INTEGER, default=5432, minimum=1, maximum=65535, route=True),
        Setting("database", "Database.", required=True),
        Setting("user", "User; one with read access only is best.", required=True),
        Setting("password", "Password.", secret=True),
        mode_setting(*UNPROTECTED, "require", *VERIFYING),
        root_setting(),
        Setting("ssl_cert", "File with the client's certificate."),
        Setting("ssl_key", "File with the key of the client's certificate."),
        Setting("application_name", "Name that the server shows for our sessions.", default="dq-platform"),
    )

    _driver: ModuleType
    _connection: psycopg2.extensions.connection | None = None

    @classmethod
    def check_settings(cls, settings: Mapping[str, SettingValue]) -> list[Violation]:
        return check_tls_files(settings)

    def connect(self) -> None:
        self._driver = load_driver("psycopg2", self.display_name, "psycopg2-binary")
        with self._statement():
            self._connection = self._driver.connect(**self._parameters())
            # Transactions are ours to begin, in one round trip with what is to be asked in them.
            self._connection.autocommit = True
            # A message is read as was settled before it came. Poolers keep this one with the client.
            self._connection.cursor().execute("SET standard_conforming_strings = on")

    def _parameters(self) -> dict[str, SettingValue]:
        names = {
            "host": "host",
            "port": "port",
            "dbname": "database",
            "user": "user",
            "password": "password",
            "sslcert": "ssl_cert",
            "sslkey": "ssl_key",
            "application_name": "application_name",
        }
        given = {name: self.settings[setting] for name, setting in names.items() if setting in self.settings}
        return (
            _NOTHING_OF_OURS
            | given
            | self._tls()
            | {
                "connect_timeout": max(2, round(self.guards.connect_timeout.total_seconds())),
                "client_encoding": "UTF8",
                "keepalives_idle": 30,
                "keepalives_interval": 10,
                "keepalives_count": 3,
            }
        )

    def _tls(self) -> dict[str, SettingValue]:
        """The mode, and for one that verifies, the authorities: libpq would look for the system's in other places."""
        require_readable(self.settings, self.display_name)
        mode = mode_of(self.settings, local=on_this_machine(str(self.settings["host"])))
        if mode in VERIFYING:
            return {"sslmode": mode, "sslrootcert": roots_of(self.settings, self.display_name)}
        return {"sslmode": mode}

    def _begin(self) -> str:
        """Opens a read-only transaction, with settings for it alone.

        Behind a pooler that lends servers by the transaction, those of a session would get lost, and reach others.
        Start-up options are refused by poolers.
        """
        timeout = round(self.guards.statement_timeout.total_seconds() * 1000)
        lock_timeout = round(self.guards.lock_timeout.total_seconds() * 1000)
        return (
            "BEGIN READ ONLY;"
            f"SET LOCAL statement_timeout = {timeout};"
            f"SET LOCAL lock_timeout = {lock_timeout};"
            f"SET LOCAL idle_in_transaction_session_timeout = {timeout};"
            "SET LOCAL DateStyle = 'ISO';"
            "SET LOCAL TimeZone = 'UTC';"
        )

    def execute(self, sql: str, *, tag: str = "") -> Rows:
        ONE_QUERY.require(sql)
        return self._select(tagged(self._limited(sql), tag))

    def _limited(self, sql: str) -> str:
        """The limit must bind on the server, since the driver fetches a whole result at once.

        As a sub-select the statement can be nothing but a query, and, unlike behind a cursor, may run in parallel.
        """
        return f"SELECT * FROM (\n{sql.rstrip().rstrip(';')}\n) AS dq LIMIT {self.guards.max_rows + 1}"  # noqa: S608

    def _select(self, sql: str, *parameters: str | list[str]) -> Rows:
        with self._statement(), self._undone(self._open()) as cursor:
            cursor.execute(self._begin() + sql, parameters or None)
            columns = [column.name for column in cursor.description or ()]
            return self._within_limit(columns, cursor.fetchall())

    @contextmanager
    def _undone(self, connection: psycopg2.extensions.connection) -> Iterator[psycopg2.extensions.cursor]:
        """A cursor in a read-only transaction that is rolled back: what set_config() changed goes with it."""
        with connection.cursor() as cursor:
            try:
                yield cursor
            finally:
                if not connection.closed:
                    cursor.execute("ROLLBACK")

    def _open(self) -> psycopg2.extensions.connection:
        if self._connection is None:
            raise source_error(SourceProblem.UNREACHABLE, self.display_name)
        return self._connection

    def _send_cancel(self) -> None:
        if self._connection is not None:
            self._connection.cancel()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def version(self) -> SourceVersion:
        [(version,)] = self._select("SHOW server_version").rows
        return SourceVersion(self.display_name, str(version))

    def get_schemas(self) -> list[str]:
        return [str(name) for (name,) in self._select(catalogue.SCHEMAS).rows]

    def get_tables(self, schema: str) -> list[TableInfo]:
        return [catalogue.table(schema, row) for row in self._select(catalogue.TABLES, schema).rows]

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        rows = self._select(catalogue.COLUMNS, schema, table).rows
        return [catalogue.column(position, row[1:]) for position, row in enumerate(rows, 1)]

    def get_all_columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        limit = self.guards.max_rows

        def page(after: str) -> Sequence[tuple[Any, ...]]:
            return self._select(f"{catalogue.COLUMNS_AFTER} LIMIT {limit}", schema, after).rows

        return columns_by_table(page, limit, catalogue.column)

    def get_columns_of(self, schema: str, tables: Sequence[str]) -> dict[str, list[ColumnInfo]]:
        limit = self.guards.max_rows

        def page(after: str) -> Sequence[tuple[Any, ...]]:
            return self._select(f"{catalogue.COLUMNS_OF} LIMIT {limit}", schema, after, list(tables)).rows

        return columns_by_table(page, limit, catalogue.column)

    def _driver_errors(self) -> DriverErrors:
        return (self._driver.Error,)

    def _translate(self, error: Exception) -> SourceError:
        code = getattr(error, "pgcode", None) or ""
        if not code:
            return self._translate_without_code(error)
        problem = problem_of_sqlstate(code)
        detail = error.diag.message_primary if problem is SourceProblem.BAD_SQL else ""  # type: ignore[attr-defined]
        return source_error(problem, self.display_name, code=code, detail=detail or "")

    def _translate_without_code(self, error: Exception) -> SourceError:
        driver = self._driver
        if not isinstance(error, driver.OperationalError | driver.InterfaceError | driver.DatabaseError):
            return source_error(SourceProblem.BAD_SQL, self.display_name)
        failure = tls_failure_of(str(error))
        return (
            tls_error(self.display_name, failure)
            if failure
            else source_error(problem_of(str(error)), self.display_name)
        )
