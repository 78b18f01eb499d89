"""Snowflake, through snowflake-connector-python."""

from __future__ import annotations

import math
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from dq_platform.connectors import snowflake_catalogue as catalogue
from dq_platform.connectors import snowflake_settings
from dq_platform.connectors.base import Rows, Setting, SourceVersion
from dq_platform.connectors.driver_errors import load_driver, source_error
from dq_platform.connectors.one_query import (
    BLOCK_COMMENT,
    DOUBLE_QUOTED,
    LINE_COMMENT,
    TEXT_WITH_ESCAPES,
    UNPAIRED,
    OneQuery,
    to_end_of_line,
)
from dq_platform.connectors.session import DriverErrors, DriverSession, named
from dq_platform.connectors.snowflake_dialect import SnowflakeDialect
from dq_platform.connectors.snowflake_errors import meaning_of
from dq_platform.connectors.whole_tables import whole_tables
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import ConnectionType
from dq_platform.models.metadata import ColumnInfo, TableInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from snowflake.connector import SnowflakeConnection

    from dq_platform.models.connection import SettingValue

_PACKAGE = "dq-platform[snowflake]"

# The flow operator ->> puts a further statement, of any kind, behind a query. Names may have dollars, even two at once.
_ONE_QUERY = OneQuery(
    "Snowflake",
    *(LINE_COMMENT, to_end_of_line("//"), BLOCK_COMMENT),
    *(TEXT_WITH_ESCAPES, r"(?<![\w$])\$\$.*?\$\$", DOUBLE_QUOTED),
    never=rf"{UNPAIRED}|//|\$\$|->>",
)


class SnowflakeConnector(DriverSession):
    """A session in one database, whose schemas are the schemas. No session of Snowflake can be made read-only."""

    type: ClassVar[str] = ConnectionType.SNOWFLAKE
    display_name: ClassVar[str] = "Snowflake"
    dialect: ClassVar[SnowflakeDialect] = SnowflakeDialect()
    settings_schema: ClassVar[tuple[Setting, ...]] = snowflake_settings.SCHEMA

    _driver: ModuleType
    _network: ModuleType
    _connection: SnowflakeConnection | None = None
    _canceller: SnowflakeConnection | None = None

    @classmethod
    def check_settings(cls, settings: Mapping[str, SettingValue]) -> list[Violation]:
        return list(snowflake_settings.contradictions(settings))

    def connect(self) -> None:
        self._driver = load_driver("snowflake.connector", self.display_name, _PACKAGE)
        self._network = load_driver("snowflake.connector.network", self.display_name, _PACKAGE)
        with self._statement():
            self._connection = self._new_connection()

    def _new_connection(self) -> SnowflakeConnection:
        connection: SnowflakeConnection = self._driver.connect(
            **snowflake_settings.driver_parameters(self.settings),
            login_timeout=max(1, round(self.guards.connect_timeout.total_seconds())),
            # The server ends a slow statement itself; this is for a server that no longer answers.
            network_timeout=round(self.guards.statement_timeout.total_seconds()) + 30,
            session_parameters=self._session_parameters(),
            validate_default_parameters=True,
            platform_detection_timeout_seconds=0.0,  # or the driver asks the cloud's metadata service where it runs
            application="dq-platform",
        )
        return connection

    def _session_parameters(self) -> dict[str, str | int | bool]:
        """In force from the login on; no SELECT can change them."""
        return {
            "CLIENT_TELEMETRY_ENABLED": False,
            "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False,
            "LOCK_TIMEOUT": math.ceil(self.guards.lock_timeout.total_seconds()),
            "MULTI_STATEMENT_COUNT": 1,
            "QUERY_TAG": "dq-platform",
            "QUOTED_IDENTIFIERS_IGNORE_CASE": False,
            "ROWS_PER_RESULTSET": self.guards.max_rows + 1,
            "STATEMENT_TIMEOUT_IN_SECONDS": math.ceil(self.guards.statement_timeout.total_seconds()),
            "TIMESTAMP_TYPE_MAPPING": "TIMESTAMP_NTZ",
            "TIMEZONE": "UTC",
        }

    def execute(self, sql: str, *, tag: str = "") -> Rows:
        _ONE_QUERY.require(sql)
        return self._run(sql, tag)

    def _run(self, sql: str, tag: str = "") -> Rows:
        """The tag is a parameter of the statement, because the query history drops comments at the beginning."""
        parameters = {"QUERY_TAG": named(tag)} if tag else None
        with self._statement(), self._open().cursor() as cursor:
            cursor.execute(sql, _statement_params=parameters)
            columns = [column.name for column in cursor.description or ()]
            return self._within_limit(columns, cursor.fetchmany(self.guards.max_rows + 1))

    def _open(self) -> SnowflakeConnection:
        if self._connection is None or self._connection.is_closed():
            raise source_error(SourceProblem.UNREACHABLE, self.display_name)
        return self._connection

    def _send_cancel(self) -> None:
        """From a second session, which is kept: the driver tells a statement's id only after it has ended."""
        if self._connection is None:
            return
        if self._canceller is None:
            self._canceller = self._new_connection()
        with self._canceller.cursor() as cursor:
            cursor.execute(f"SELECT SYSTEM$CANCEL_ALL_QUERIES({self._connection.session_id})")

    def close(self) -> None:
        connections = (self._connection, self._canceller)
        self._connection = self._canceller = None
        for connection in connections:
            if connection is not None:
                with suppress(*self._driver_errors()):  # the server ends a session that nobody uses
                    connection.close(retry=False)

    def version(self) -> SourceVersion:
        [(version,)] = self._run("SELECT CURRENT_VERSION()").rows
        return SourceVersion(self.display_name, str(version))

    def get_schemas(self) -> list[str]:
        return sorted(str(name) for (name,) in self._run(catalogue.SCHEMAS).rows)

    def get_tables(self, schema: str) -> list[TableInfo]:
        found = self._run(catalogue.TABLES.format(schema=self.dialect.text(schema))).rows
        return sorted((catalogue.table_info(schema, row) for row in found), key=lambda table: table.table_name)

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        try:
            found = self._run(f"DESCRIBE TABLE {self.dialect.table(schema, table)}")
        except SourceError as error:
            if error.problem is SourceProblem.NOT_FOUND:
                return []
            raise
        return [catalogue.described_column(position, row) for position, row in enumerate(_named(found), 1)]

    def get_all_columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        limit, literal = self.guards.max_rows, self.dialect.text

        def page(after: str) -> Sequence[tuple[Any, ...]]:
            names = {"schema": literal(schema), "table": literal(after)}
            return self._run(catalogue.COLUMNS_AFTER.format(limit=limit, **names)).rows

        tables = dict(whole_tables(page, limit))
        if not tables:
            return {}
        types, keys = (self._shown(what, schema) for what in ("COLUMNS", "PRIMARY KEYS"))
        if types is None or keys is None:
            return super().get_all_columns(schema)
        found = catalogue.columns_of(tables, types, keys)
        return {table: columns or self.get_columns(schema, table) for table, columns in found.items()}

    def _shown(self, what: str, schema: str) -> list[dict[str, Any]] | None:
        """All that SHOW tells of the schema; None if that is more than it tells."""
        try:
            found = _named(self._run(f"SHOW {what} IN SCHEMA {self.dialect.ident(schema)}"))
        except SourceError as error:
            if error.problem is SourceProblem.TOO_MANY_ROWS:
                return None
            raise
        return found if len(found) < catalogue.MOST_SHOWN else None

    def _driver_errors(self) -> DriverErrors:
        return (self._driver.errors.Error, self._network.ReauthenticationRequest)

    def _translate(self, error: Exception) -> SourceError:
        return meaning_of(getattr(error, "cause", error))


def _named(rows: Rows) -> list[dict[str, Any]]:
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.rows]
