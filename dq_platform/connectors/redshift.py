"""Amazon Redshift, provisioned and serverless, through redshift-connector."""

from __future__ import annotations

import ssl
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from dq_platform.connectors import redshift_catalogue as catalogue
from dq_platform.connectors import redshift_login
from dq_platform.connectors.base import Rows, Setting, SourceVersion
from dq_platform.connectors.driver_errors import load_driver, problem_of_sqlstate, source_error
from dq_platform.connectors.one_query import DOUBLE_QUOTED, TEXT_WITH_ESCAPES, OneQuery
from dq_platform.connectors.postgresql_query import BLOCK_COMMENT, LINE_COMMENT, NEVER
from dq_platform.connectors.redshift_dialect import RedshiftDialect
from dq_platform.connectors.session import DriverErrors, DriverSession, tagged
from dq_platform.connectors.whole_tables import whole_tables
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import ConnectionType
from dq_platform.models.metadata import ColumnInfo, TableInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redshift_connector.core import Connection
    from redshift_connector.cursor import Cursor

    from dq_platform.models.connection import SettingValue

_ONE_QUERY = OneQuery("Redshift", LINE_COMMENT, BLOCK_COMMENT, TEXT_WITH_ESCAPES, DOUBLE_QUOTED, never=NEVER)


class RedshiftConnector(DriverSession):
    """A session with one database of a cluster or workgroup."""

    type: ClassVar[str] = ConnectionType.REDSHIFT
    display_name: ClassVar[str] = "Redshift"
    dialect: ClassVar[RedshiftDialect] = RedshiftDialect()
    settings_schema: ClassVar[tuple[Setting, ...]] = (
        Setting("database", "Database.", required=True),
        *redshift_login.SETTINGS,
        Setting(
            "ssl_mode",
            "How far TLS is demanded and the server's certificate verified: by its authority, or by its name too.",
            default="verify-full",
            route=True,
            choices=("disable", "verify-ca", "verify-full"),
        ),
        Setting("application_name", "Name that the server shows for our sessions.", default="dq-platform"),
    )

    _driver: ModuleType
    _aws_errors: DriverErrors = ()
    _connection: Connection | None = None
    _process: int = 0

    @classmethod
    def check_settings(cls, settings: Mapping[str, SettingValue]) -> list[Violation]:
        return redshift_login.check_login(settings)

    def connect(self) -> None:
        redshift_login.require_safe_host(self.settings)
        self._driver = load_driver("redshift_connector", self.display_name, redshift_login.PACKAGE)
        if redshift_login.uses_aws(self.settings):
            aws = load_driver("botocore.exceptions", self.display_name, redshift_login.PACKAGE)
            self._aws_errors = (aws.BotoCoreError, aws.ClientError)
        with self._statement():
            self._connection = self._new_connection()
            with self._connection.cursor() as cursor:
                for statement in self._session_settings():
                    cursor.execute(statement)
                cursor.execute("SELECT pg_backend_pid()")
                [[self._process]] = cursor.fetchall()

    def _new_connection(self) -> Connection:
        mode = self.settings["ssl_mode"]
        connection: Connection = self._driver.connect(
            **redshift_login.login(self.settings, redshift_login.assumed_role(self.settings)),
            database=self.settings["database"],
            application_name=self.settings["application_name"],
            ssl=mode != "disable",
            # Without a mode, or with one that it does not know, the driver verifies less.
            sslmode="verify-ca" if mode == "verify-ca" else "verify-full",
            timeout=max(1, round(self.guards.connect_timeout.total_seconds())),
            max_prepared_statements=0,
        )
        # The driver's timeout holds for every answer. From here on the server ends a slow statement itself; this is
        # for a server that no longer answers.
        connection._usock.settimeout(self.guards.statement_timeout.total_seconds() + 30)  # noqa: SLF001
        # Transactions are ours to begin.
        connection.autocommit = True
        return connection

    def _session_settings(self) -> tuple[str, ...]:
        timeout = round(self.guards.statement_timeout.total_seconds() * 1000)
        return (
            f"SET statement_timeout TO {timeout}",
            "SET timezone TO 'UTC'",
            "SET datestyle TO 'ISO'",
            # Quoted names are otherwise read in lower case, which tables made with this setting do not have.
            "SET enable_case_sensitive_identifier TO true",
        )

    def execute(self, sql: str, *, tag: str = "") -> Rows:
        _ONE_QUERY.require(sql)
        # The limit must bind on the server, since the driver fetches a whole result at once.
        limited = f"SELECT * FROM (\n{sql.rstrip().rstrip(';')}\n) AS dq LIMIT {self.guards.max_rows + 1}"  # noqa: S608
        return self._select(tagged(limited, tag))

    def _select(self, sql: str, *parameters: str) -> Rows:
        with self._statement(), self._read_only() as cursor:
            cursor.execute(sql, parameters or None)
            columns = [_text(column[0]) for column in cursor.description or ()]
            return self._within_limit(columns, [tuple(row) for row in cursor.fetchall()])

    @contextmanager
    def _read_only(self) -> Iterator[Cursor]:
        """A cursor in a read-only transaction that is rolled back: what set_config() changed goes with it."""
        with self._open().cursor() as cursor:
            cursor.execute("BEGIN READ ONLY")
            try:
                yield cursor
            finally:
                cursor.execute("ROLLBACK")

    def _open(self) -> Connection:
        if self._connection is None:
            raise source_error(SourceProblem.UNREACHABLE, self.display_name)
        return self._connection

    def _send_cancel(self) -> None:
        """Through a second session of the same user, which the server lets end the user's own statements."""
        if self._connection is None:
            return
        with closing(self._new_connection()) as other, other.cursor() as cursor:
            cursor.execute(f"SELECT pg_cancel_backend({self._process})")

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except self._driver_errors():
                return  # it is closed already

    def version(self) -> SourceVersion:
        [(version,)] = self._select("SELECT version()").rows
        return SourceVersion(self.display_name, str(version).partition("Redshift ")[2] or str(version))

    def get_schemas(self) -> list[str]:
        names = {str(name) for (name,) in self._select(catalogue.SCHEMAS).rows}
        return sorted(name for name in names if catalogue.is_users(name))

    def get_tables(self, schema: str) -> list[TableInfo]:
        materialised = {name for (name,) in self._if_allowed(catalogue.MATERIALISED, schema)}
        sizes = {name: (size, rows) for name, size, rows in self._if_allowed(catalogue.SIZES, schema)}
        rows = self._select(catalogue.TABLES, schema).rows
        tables = [catalogue.table_info(schema, row, materialised, sizes) for row in rows]
        return sorted(tables, key=lambda table: table.table_name)

    def _if_allowed(self, sql: str, schema: str) -> list[tuple[Any, ...]]:
        """What a view tells that is closed to ordinary users unless it was granted to them; nothing if it is."""
        try:
            return list(self._select(sql, schema).rows)
        except SourceError as error:
            if error.problem is SourceProblem.PERMISSION:
                return []
            raise

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        key = {name for _, name in self._select(catalogue.PRIMARY_KEY, schema, table).rows}
        rows = self._select(catalogue.COLUMNS, schema, table).rows
        return [catalogue.column_info(position, row[1:], key) for position, row in enumerate(rows, 1)]

    def get_all_columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        keys = dict(self._whole_tables(catalogue.PRIMARY_KEYS_AFTER, schema))
        found = {}
        for table, rows in self._whole_tables(catalogue.COLUMNS_AFTER, schema):
            key = {name for (name,) in keys.get(table, ())}
            found[table] = [catalogue.column_info(position, row, key) for position, row in enumerate(rows, 1)]
        return found

    def _whole_tables(self, sql: str, schema: str) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
        limit = self.guards.max_rows
        return whole_tables(lambda after: self._select(f"{sql} LIMIT {limit}", schema, after).rows, limit)

    def _driver_errors(self) -> DriverErrors:
        # A connection that breaks within an answer shows as an error of the socket, or of what takes answers apart.
        return (self._driver.Error, OSError, struct.error, *self._aws_errors)

    def _translate(self, error: Exception) -> SourceError:
        inner = error.args[-1] if error.args else None
        for cause in (error, inner):
            if isinstance(cause, self._aws_errors):
                return redshift_login.refusal_of_aws(cause, self.display_name)
            if isinstance(cause, ssl.SSLCertVerificationError):
                message = "Redshift's certificate descends from no trusted authority, or is another host's."
                return SourceError(SourceProblem.UNREACHABLE, message)
        if isinstance(inner, dict) and "C" in inner:
            return self._meaning_of_sqlstate(inner["C"], inner.get("M", ""))
        return source_error(self._problem_without_code(error), self.display_name)

    def _meaning_of_sqlstate(self, code: str, said: str) -> SourceError:
        problem = problem_of_sqlstate(code)
        detail = said if problem is SourceProblem.BAD_SQL else ""
        return source_error(problem, self.display_name, code=code, detail=detail)

    def _problem_without_code(self, error: Exception) -> SourceProblem:
        broken = (self._driver.InterfaceError, self._driver.OperationalError, OSError, struct.error)
        return SourceProblem.UNREACHABLE if isinstance(error, broken) else SourceProblem.BAD_SQL


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name
