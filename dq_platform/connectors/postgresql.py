"""PostgreSQL and what speaks its protocol, through psycopg2."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from dq_platform.connectors.base import Rows, Setting, SettingKind, SourceVersion
from dq_platform.connectors.driver_errors import load_driver, problem_of_sqlstate, source_error
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.connectors.postgresql_errors import problem_of, tls_failure_of
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
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import ConnectionType
from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg2.extensions

    from dq_platform.models.connection import SettingValue

_SCHEMAS = """
SELECT nspname FROM pg_catalog.pg_namespace
WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
  AND pg_catalog.has_schema_privilege(oid, 'USAGE')
ORDER BY nspname COLLATE "C"
"""

_TABLES = """
SELECT c.relname, c.relkind::text, c.reltuples::bigint, pg_catalog.obj_description(c.oid, 'pg_class')
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
ORDER BY c.relname COLLATE "C"
"""

# A domain counts as the type below it. n_distinct is negative where it is a share of the rows.
_COLUMNS = """
SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), b.typname, b.typtype::text, NOT a.attnotnull,
       COALESCE(a.attnum = ANY (i.indkey), FALSE), pg_catalog.col_description(c.oid, a.attnum),
       CASE WHEN s.n_distinct >= 0 THEN s.n_distinct WHEN c.reltuples > 0 THEN -s.n_distinct * c.reltuples END
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
LEFT JOIN pg_catalog.pg_stats s
  ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname AND NOT s.inherited
WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
ORDER BY a.attnum
"""

_KINDS = {"v": TableKind.VIEW, "m": TableKind.MATERIALIZED_VIEW}

_TYPES = {
    "bool": DataType.BOOLEAN,
    "int2": DataType.INTEGER,
    "int4": DataType.INTEGER,
    "int8": DataType.INTEGER,
    "oid": DataType.INTEGER,
    "numeric": DataType.DECIMAL,
    "float4": DataType.FLOAT,
    "float8": DataType.FLOAT,
    "text": DataType.TEXT,
    "varchar": DataType.TEXT,
    "bpchar": DataType.TEXT,
    "name": DataType.TEXT,
    "citext": DataType.TEXT,
    "date": DataType.DATE,
    "timestamp": DataType.TIMESTAMP,
    "timestamptz": DataType.TIMESTAMP_TZ,
    "time": DataType.TIME,
    "timetz": DataType.TIME,
    "bytea": DataType.BINARY,
    "json": DataType.JSON,
    "jsonb": DataType.JSON,
    "uuid": DataType.UUID,
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
            self._connection.cursor().execute(self._session_settings())
            self._connection.commit()
            # Transactions are ours to begin, in one round trip with what is to be asked in them.
            self._connection.autocommit = True

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
            given
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

    def _session_settings(self) -> str:
        """Sent as a statement, not as start-up options, which connection poolers refuse."""
        timeout = round(self.guards.statement_timeout.total_seconds() * 1000)
        lock_timeout = round(self.guards.lock_timeout.total_seconds() * 1000)
        return (
            f"SET statement_timeout = {timeout};"
            f"SET lock_timeout = {lock_timeout};"
            f"SET idle_in_transaction_session_timeout = {timeout};"
            "SET standard_conforming_strings = on;"
            "SET DateStyle = 'ISO';"
            "SET TimeZone = 'UTC'"
        )

    def execute(self, sql: str, *, tag: str = "") -> Rows:
        return self._select(tagged(self._limited(sql), tag))

    def _limited(self, sql: str) -> str:
        """The limit must bind on the server, since the driver fetches a whole result at once.

        As a sub-select the statement can be nothing but a query, and, unlike behind a cursor, may run in parallel.
        """
        return f"SELECT * FROM (\n{sql}\n) AS dq LIMIT {self.guards.max_rows + 1}"  # noqa: S608

    def _select(self, sql: str, *parameters: str) -> Rows:
        with self._statement(), self._undone(self._open()) as cursor:
            cursor.execute(f"BEGIN READ ONLY;{sql}", parameters or None)
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
        return [str(name) for (name,) in self._select(_SCHEMAS).rows]

    def get_tables(self, schema: str) -> list[TableInfo]:
        return [
            TableInfo(schema, name, _KINDS.get(kind, TableKind.TABLE), _estimate(kind, rows), comment or "")
            for name, kind, rows, comment in self._select(_TABLES, schema).rows
        ]

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        return [_column(position, row) for position, row in enumerate(self._select(_COLUMNS, schema, table).rows, 1)]

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


def _estimate(kind: str, rows: int) -> int | None:
    return None if kind == "v" or rows < 0 else rows


def _column(position: int, row: tuple[Any, ...]) -> ColumnInfo:
    name, engine_type, base, typtype, nullable, primary_key, comment, distinct = row
    return ColumnInfo(
        name=name,
        position=position,
        engine_type=engine_type,
        data_type=DataType.TEXT if typtype == "e" else _TYPES.get(base, DataType.OTHER),
        nullable=nullable,
        primary_key=primary_key,
        comment=comment or "",
        estimated_distinct=None if distinct is None else round(distinct),
    )
