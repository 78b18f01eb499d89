"""Databricks SQL warehouses and clusters, through databricks-sql-connector."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from dq_platform.connectors.base import Rows, Setting, SourceVersion
from dq_platform.connectors.databricks_catalogue import (
    ANY,
    INFORMATION_SCHEMA,
    OWN_SCHEMAS,
    as_pattern,
    column_info,
    columns_query,
    columns_query_after,
    table_info,
    tables_query,
)
from dq_platform.connectors.databricks_dialect import DatabricksDialect
from dq_platform.connectors.databricks_errors import code_of, detail_of, problem_of, problem_of_status
from dq_platform.connectors.databricks_oauth import ServicePrincipal
from dq_platform.connectors.databricks_settings import (
    SETTINGS,
    contradictions,
    is_warehouse,
    root_certificate,
    tls_context,
    verifies,
)
from dq_platform.connectors.deadline import Deadline
from dq_platform.connectors.driver_errors import load_driver, source_error
from dq_platform.connectors.one_query import DOUBLE_QUOTED_WITH_ESCAPES, TEXT_WITH_ESCAPES, OneQuery, to_end_of_line
from dq_platform.connectors.session import DriverErrors, tagged
from dq_platform.connectors.whole_tables import columns_by_table
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import ConnectionType
from dq_platform.models.metadata import ColumnInfo, TableInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from databricks.sql.client import Connection, Cursor

    from dq_platform.models.connection import SettingValue

# Comments nest, and a backslash at a line's end continues one, in some versions only: such comments are refused.
_LINE_COMMENT = to_end_of_line("--") + r"(?<!\\)"
_BLOCK_COMMENT = r"/\*(?!\+)(?:(?!/\*|\*/).)*\*/"
_RAW_TEXT = r"\b[rR](?:'[^']*'|\"[^\"]*\")"
_BACKTICKED = "`(?:[^`]|``)*`"
_TEXTS = (_RAW_TEXT, TEXT_WITH_ESCAPES, DOUBLE_QUOTED_WITH_ESCAPES)
_ONE_QUERY = OneQuery("Databricks", _LINE_COMMENT, _BLOCK_COMMENT, *_TEXTS, _BACKTICKED, never=r"['\"`]|--|/\*(?!\+)")

# The server ends a statement itself; when it should have and has not, we ask for it.
_GRACE = timedelta(seconds=5)
# Longer than the server takes to answer a request, and shorter than nobody would wait for one that is gone.
_ANSWER = timedelta(minutes=5)


class DatabricksConnector(Deadline):
    """A session with one warehouse or cluster, in one catalog."""

    type: ClassVar[str] = ConnectionType.DATABRICKS
    display_name: ClassVar[str] = "Databricks"
    dialect: ClassVar[DatabricksDialect] = DatabricksDialect()
    settings_schema: ClassVar[tuple[Setting, ...]] = SETTINGS

    _driver: ModuleType
    _http: ModuleType
    _connection: Connection | None = None
    _cursor: Cursor | None = None

    @classmethod
    def check_settings(cls, settings: Mapping[str, SettingValue]) -> list[Violation]:
        return contradictions(settings)

    def connect(self) -> None:
        load_driver("databricks.sql.client", self.display_name, "dq-platform[databricks]")
        self._driver = load_driver("databricks.sql", self.display_name, "dq-platform[databricks]")
        self._http = load_driver("urllib3.exceptions", self.display_name, "dq-platform[databricks]")
        with self._statement():
            self._connection = self._driver.connect(
                server_hostname=self.settings["host"],
                http_path=self.settings["http_path"],
                catalog=self.settings.get("catalog"),
                session_configuration=self._session_settings(),
                **self._credentials(),
                **self._transport(),
            )
            self._wait_for_answers(self._connection)

    def _credentials(self) -> dict[str, object]:
        if self.settings.get("authentication", "token") == "token":
            return {"access_token": self.settings["token"]}
        principal = ServicePrincipal(
            engine=self.display_name,
            origin=f"https://{self.settings['host']}:{self.settings.get('port', 443)}",
            client_id=str(self.settings["client_id"]),
            client_secret=str(self.settings["client_secret"]),
            context=tls_context(self.settings),
            timeout=self.guards.connect_timeout,
        )
        principal.headers()  # what is wrong with it is told here: inside the driver it would be one more failed request
        return {"credentials_provider": principal}

    def _transport(self) -> dict[str, object]:
        patience = self.guards.connect_timeout.total_seconds()
        tls_context(self.settings)  # a file that is none would be one more failed request, too
        return {
            "_port": self.settings.get("port", 443),
            "_tls_no_verify": not verifies(self.settings),
            "_tls_trusted_ca_file": root_certificate(self.settings),
            "_socket_timeout": patience,
            "_retry_delay_max": 5,
            "_retry_stop_after_attempts_duration": max(patience, float(self.settings.get("start_wait_seconds", 0))),
            "enable_telemetry": False,
            "use_cloud_fetch": False,  # would load results from hosts that the connection does not name
            "user_agent_entry": "dq-platform",
        }

    def _wait_for_answers(self, connection: Connection) -> None:
        """The timeout to connect is too short for answers, and the driver has one setting for both."""
        connection.session.backend._transport.setTimeout(_ANSWER.total_seconds() * 1000)  # type: ignore[attr-defined]  # noqa: SLF001

    def _session_settings(self) -> dict[str, str]:
        if is_warehouse(self.settings):
            timeout = math.ceil(self.guards.statement_timeout.total_seconds())
            return {"TIMEZONE": "UTC", "ANSI_MODE": "true", "STATEMENT_TIMEOUT": str(timeout)}
        return {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}

    def _statement_limit(self) -> timedelta:
        """A cluster has no statement timeout: ours is the only one."""
        return self.guards.statement_timeout + (_GRACE if is_warehouse(self.settings) else timedelta(0))

    def execute(self, sql: str, *, tag: str = "") -> Rows:
        _ONE_QUERY.require(sql)
        return self._select(tagged(sql, tag))

    def _select(self, sql: str) -> Rows:
        return self._ask(lambda cursor: cursor.execute(sql))

    def _ask(self, question: Callable[[Cursor], object]) -> Rows:
        """What the driver answers; the server is told how many rows are too many."""
        limit = self.guards.max_rows + 1
        with self._statement(), self._deadline():
            connection = self._open()
            self._cursor = cursor = connection.cursor(arraysize=limit, row_limit=limit)
            try:
                question(cursor)
                columns = [column[0] for column in cursor.description or ()]
                return self._within_limit(columns, [tuple(row) for row in cursor.fetchmany(limit)])
            finally:
                self._cursor = None
                connection._cursors.remove(cursor)  # noqa: SLF001  which the driver keeps for as long as the session lasts
                cursor.close()

    def _open(self) -> Connection:
        if self._connection is None or not self._connection.open:
            raise source_error(SourceProblem.UNREACHABLE, self.display_name)
        return self._connection

    def _send_cancel(self) -> None:
        if self._cursor is not None and self._cursor.active_command_id is not None:
            self._cursor.cancel()

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*self._driver_errors()):  # it may be gone already
                connection.close()

    def version(self) -> SourceVersion:
        [(version,)] = self._select("SELECT version()").rows
        return SourceVersion(self.display_name, str(version).partition(" ")[0])

    def get_schemas(self) -> list[str]:
        return sorted(name for name in self._schemas() if name not in OWN_SCHEMAS)

    def _schemas(self) -> list[str]:
        return [str(name) for name, *_ in self._select("SHOW SCHEMAS").rows]

    @cached_property
    def _has_unity_catalog(self) -> bool:
        return INFORMATION_SCHEMA in self._schemas()

    @cached_property
    def _catalog(self) -> str:
        [(current,)] = self._select("SELECT current_catalog()").rows
        return str(current)

    def get_tables(self, schema: str) -> list[TableInfo]:
        rows = self._select(tables_query(schema)).rows if self._has_unity_catalog else self._told_tables(schema)
        return sorted((table_info(schema, *row) for row in rows), key=lambda table: table.table_name)

    def _told_tables(self, schema: str) -> list[tuple[Any, ...]]:
        pattern = as_pattern(schema)
        told = self._ask(lambda cursor: cursor.tables(catalog_name=self._catalog, schema_name=pattern))
        return [
            (name, kind, comment) for _, owner, name, kind, comment, *_ in told.rows if owner.lower() == schema.lower()
        ]

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        if self._has_unity_catalog:
            rows = self._select(columns_query(schema, table)).rows
        else:
            rows = [row for row in self._told_columns(schema, as_pattern(table)) if row[0].lower() == table.lower()]
        return [column_info(position, row[1:]) for position, row in enumerate(rows, 1)]

    def get_all_columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        limit = self.guards.max_rows
        if self._has_unity_catalog:
            return columns_by_table(
                lambda after: self._select(columns_query_after(schema, after, limit)).rows, limit, column_info
            )
        try:
            rows = self._told_columns(schema, ANY)
        except SourceError as error:
            if error.problem is not SourceProblem.TOO_MANY_ROWS:
                raise
            return super().get_all_columns(schema)  # the driver's call knows no pages
        return columns_by_table(lambda _: rows, len(rows) + 1, column_info)

    def _told_columns(self, schema: str, tables: str) -> list[tuple[Any, ...]]:
        """As `columns_query` tells them, of the tables that match the pattern, by table and position."""
        schemas, catalog = as_pattern(schema), self._catalog
        told = self._ask(lambda cursor: cursor.columns(catalog, schemas, tables))
        found = [dict(zip(told.columns, row, strict=True)) for row in told.rows]
        ours = [one for one in found if one["TABLE_SCHEM"].lower() == schema.lower()]
        return [
            (one["TABLE_NAME"], one["COLUMN_NAME"], one["TYPE_NAME"], one["IS_NULLABLE"], one["REMARKS"], False)
            for one in sorted(ours, key=lambda one: (one["TABLE_NAME"], int(one["ORDINAL_POSITION"])))
        ]

    def _driver_errors(self) -> DriverErrors:
        return (self._driver.exc.Error, self._http.HTTPError, ImportError)

    def _translate(self, error: Exception) -> SourceError:
        if isinstance(error, ImportError):  # a warehouse that the driver can speak to only with one more package
            message = "The warehouse needs the driver's kernel: pip install 'databricks-sql-connector[kernel]'"
            return SourceError(SourceProblem.DRIVER_MISSING, message)
        if self._expired:
            return source_error(SourceProblem.TIMEOUT, self.display_name)
        exc = self._driver.exc
        if not isinstance(error, exc.DatabaseError) or isinstance(error, exc.RequestError):
            return self._failed_request(error)
        said = error.message or ""  # the driver's own text of an error without one fails
        problem = problem_of(said)
        detail = detail_of(said) if problem is SourceProblem.BAD_SQL else ""
        return source_error(problem, self.display_name, code=code_of(said), detail=detail)

    def _failed_request(self, error: Exception) -> SourceError:
        context = getattr(error, "context", {})
        status = context.get("http-code")
        problem = problem_of_status(status, f"{getattr(error, 'message', '')} {context.get('error-message')}")
        return source_error(problem, self.display_name, code=str(status or ""))
