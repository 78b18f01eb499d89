"""DuckDB database files and CSV, Parquet and JSON files, read in this process."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from dq_platform.connectors.base import Rows, Setting, SettingKind, SourceVersion
from dq_platform.connectors.deadline import Deadline
from dq_platform.connectors.driver_errors import load_driver, source_error
from dq_platform.connectors.duckdb_dialect import DuckDBDialect
from dq_platform.connectors.duckdb_errors import problem_of
from dq_platform.connectors.duckdb_files import NamedFiles, parse_files
from dq_platform.connectors.session import DriverErrors, tagged
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import ConnectionType
from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from dq_platform.models.connection import SettingValue

_CATALOG = "dq_source"

_SCHEMAS = """
SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database() AND NOT internal
"""

_TABLES = """
SELECT table_name, 'table', estimated_size, comment
FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = $schema
UNION ALL
SELECT view_name, CASE WHEN temporary THEN 'file' ELSE 'view' END, NULL, comment
FROM duckdb_views()
WHERE NOT internal AND (temporary OR database_name = current_database()) AND schema_name = $schema
ORDER BY 1
"""

_COLUMNS = """
SELECT c.column_name, c.data_type, c.is_nullable, c.comment, COALESCE(list_contains(k.columns, c.column_name), FALSE)
FROM duckdb_columns() c LEFT JOIN (
  SELECT table_oid, database_oid, constraint_column_names AS columns
  FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'
) k ON k.table_oid = c.table_oid AND k.database_oid = c.database_oid
WHERE NOT c.internal AND c.database_name IN (current_database(), 'temp')
  AND c.schema_name = $schema AND c.table_name = $table
ORDER BY c.column_index
"""

_TYPES = {
    "BOOLEAN": DataType.BOOLEAN,
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), DataType.INTEGER),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), DataType.INTEGER),
    "DECIMAL": DataType.DECIMAL,
    **dict.fromkeys(("FLOAT", "DOUBLE"), DataType.FLOAT),
    **dict.fromkeys(("VARCHAR", "ENUM"), DataType.TEXT),
    "DATE": DataType.DATE,
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), DataType.TIMESTAMP),
    "TIMESTAMP WITH TIME ZONE": DataType.TIMESTAMP_TZ,
    **dict.fromkeys(("TIME", "TIME WITH TIME ZONE"), DataType.TIME),
    "BLOB": DataType.BINARY,
    "JSON": DataType.JSON,
    "UUID": DataType.UUID,
}


class DuckDBConnector(Deadline):
    """A private in-memory DuckDB that sees the connection's files and nothing else of the machine."""

    type: ClassVar[str] = ConnectionType.DUCKDB
    display_name: ClassVar[str] = "DuckDB"
    dialect: ClassVar[DuckDBDialect] = DuckDBDialect()
    settings_schema: ClassVar[tuple[Setting, ...]] = (
        Setting("database", "Path of a database file; it is opened for reading only."),
        Setting("files", "CSV, Parquet and JSON files as tables of schema main: name=/path/*.parquet; other=/path.csv"),
        Setting("memory_limit_mb", "Memory of a session, in MB.", SettingKind.INTEGER, default=1024, minimum=64),
        Setting("threads", "Threads of a session; all cores if absent.", SettingKind.INTEGER, minimum=1, maximum=256),
    )

    _driver: ModuleType
    _connection: duckdb.DuckDBPyConnection | None = None
    _seen: tuple[object, ...] = ()

    @classmethod
    def check_settings(cls, settings: Mapping[str, SettingValue]) -> list[Violation]:
        path = "connection.settings"
        found = []
        if "database" not in settings and "files" not in settings:
            found.append(Violation(f"{path}.database", "database or files is required.", "MISSING_SETTING"))
        if not Path(str(settings.get("database", "/"))).is_absolute():
            found.append(Violation(f"{path}.database", "database must be the absolute path of a local file."))
        try:
            parse_files(str(settings.get("files", "t=/t.csv")))
        except ValueError as error:
            found.append(Violation(f"{path}.files", f"files {error}."))
        return found

    def connect(self) -> None:
        self._driver = load_driver("duckdb", self.display_name, "duckdb")
        with self._statement():
            self._seen = self._fingerprint()
            self._connection = self._driver.connect(":memory:", config=self._config())
            self._open().execute("SET TimeZone = 'UTC'")
            if "database" in self.settings:
                self._attach(Path(str(self.settings["database"])))
            self._show_files()
            self._open().execute("SET enable_external_access = false")
            self._open().execute("SET lock_configuration = true")

    def _config(self) -> dict[str, str | int | bool]:
        config: dict[str, str | int | bool] = {
            "memory_limit": f"{self.settings.get('memory_limit_mb', 1024)}MB",
            "temp_directory": str(Path(tempfile.gettempdir()) / f"dq-duckdb-{uuid.uuid4().hex}"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
        }
        return config | ({"threads": self.settings["threads"]} if "threads" in self.settings else {})

    def _attach(self, path: Path) -> None:
        if not path.is_file():
            raise SourceError(SourceProblem.NOT_FOUND, "The DuckDB database file does not exist.")
        if not _is_database(path):  # of other files DuckDB would make something else
            raise SourceError(SourceProblem.NOT_FOUND, "The file is no DuckDB database.")
        self._open().execute(f"ATTACH {self.dialect.text(str(path))} AS {_CATALOG} (READ_ONLY)")
        self._open().execute(f"USE {_CATALOG}")

    def _files(self) -> list[NamedFiles]:
        return parse_files(str(self.settings["files"])) if "files" in self.settings else []

    def _show_files(self) -> None:
        """Make a view of each; the views and whatever reads them later may open exactly these files."""
        allowed: list[str] = []
        taken = {table.table_name.lower() for table in self._tables("main")}
        for files in self._files():
            paths = files.paths()
            if not paths:
                message = f"No file matches the path of {files.name!r}."
                raise SourceError(SourceProblem.NOT_FOUND, message)
            if files.name.lower() in taken:
                message = f"{files.name!r} is a table of the database and cannot be the name of files too."
                raise SourceError(SourceProblem.BAD_SQL, message)
            options = "" if files.reader == "read_parquet" else ", union_by_name = true"
            view = f"CREATE TEMP VIEW {self.dialect.ident(files.name)} AS SELECT * FROM "  # noqa: S608
            self._open().execute(f"{view}{files.reader}({self._list(paths)}{options})")
            allowed.extend(paths)
        self._open().execute(f"SET allowed_paths = {self._list(allowed)}")

    def _list(self, texts: list[str]) -> str:
        return f"[{', '.join(self.dialect.text(text) for text in texts)}]"

    def is_stale(self) -> bool:
        """Whether files came, went or changed: a session keeps what it opened."""
        return self._seen != self._fingerprint()

    def _fingerprint(self) -> tuple[object, ...]:
        paths = [path for files in self._files() for path in files.paths()]
        if "database" in self.settings:
            paths.append(str(self.settings["database"]))
        return tuple((path, *_state(Path(path))) for path in paths)

    def execute(self, sql: str, *, tag: str = "") -> Rows:
        with self._statement(), self._deadline():
            connection = self._open()
            statements = connection.extract_statements(sql)
            if [statement.type for statement in statements] != [self._driver.StatementType.SELECT]:
                raise SourceError(
                    SourceProblem.PERMISSION, "DuckDB connections run one SELECT at a time, nothing else."
                )
            relation = connection.query(tagged(sql, tag))
            columns, zoned = relation.columns, [str(kind) == "TIMESTAMP WITH TIME ZONE" for kind in relation.types]
            if any(zoned):  # the driver would need pytz to make them aware; in UTC they need none
                shown = (f"CAST(#{n} AS TIMESTAMP)" if zone else f"#{n}" for n, zone in enumerate(zoned, 1))
                relation = relation.project(", ".join(shown))
            return self._within_limit(columns, relation.limit(self.guards.max_rows + 1).fetchall())

    def _send_cancel(self) -> None:
        if self._connection is not None:
            self._connection.interrupt()

    def _select(self, sql: str, **parameters: str) -> list[tuple[Any, ...]]:
        with self._statement(), self._deadline():
            return self._open().execute(sql, parameters or None).fetchall()

    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            raise source_error(SourceProblem.UNREACHABLE, self.display_name)
        return self._connection

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def version(self) -> SourceVersion:
        [(version,)] = self._select("SELECT version()")
        return SourceVersion(self.display_name, str(version))

    def get_schemas(self) -> list[str]:
        return sorted({"main", *(str(name) for (name,) in self._select(_SCHEMAS))})

    def get_tables(self, schema: str) -> list[TableInfo]:
        with self._statement(), self._deadline():
            return self._tables(schema)

    def _tables(self, schema: str) -> list[TableInfo]:
        rows = self._open().execute(_TABLES, {"schema": schema}).fetchall()
        return [TableInfo(schema, name, TableKind(kind), size, comment or "") for name, kind, size, comment in rows]

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        rows = self._select(_COLUMNS, schema=schema, table=table)
        return [
            ColumnInfo(name, position, engine_type, _data_type(engine_type), bool(nullable), bool(key), comment or "")
            for position, (name, engine_type, nullable, comment, key) in enumerate(rows, 1)
        ]

    def _driver_errors(self) -> DriverErrors:
        return (self._driver.Error,)

    def _translate(self, error: Exception) -> SourceError:
        problem = SourceProblem.TIMEOUT if self._expired else problem_of(error)
        detail = str(error) if problem is SourceProblem.BAD_SQL else ""
        return source_error(problem, self.display_name, code=type(error).__name__, detail=detail)


def _data_type(engine_type: str) -> DataType:
    if engine_type.endswith("]"):
        return DataType.OTHER
    return _TYPES.get(engine_type.partition("(")[0], DataType.OTHER)


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[8:] == b"DUCK"


def _state(path: Path) -> tuple[int, int, int]:
    """What changes when the file is written or replaced; zeros if it is not there."""
    try:
        state = path.stat()
    except OSError:
        return (0, 0, 0)
    return (state.st_ino, state.st_size, state.st_mtime_ns)
