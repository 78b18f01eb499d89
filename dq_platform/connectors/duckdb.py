"""DuckDB database files and CSV, Parquet and JSON files, read in this process."""

from __future__ import annotations

import tempfile
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from dq_platform.connectors import duckdb_catalogue as catalogue
from dq_platform.connectors.base import Guards, Rows, Setting, SettingKind, SourceVersion
from dq_platform.connectors.deadline import Deadline
from dq_platform.connectors.driver_errors import load_driver, source_error
from dq_platform.connectors.duckdb_cloud import CLOUDS, SETTINGS, Cloud, check_clouds, has_wildcard, secret
from dq_platform.connectors.duckdb_dialect import DuckDBDialect
from dq_platform.connectors.duckdb_errors import problem_of
from dq_platform.connectors.duckdb_files import NamedFiles, parse_files, real_paths
from dq_platform.connectors.references import is_reference
from dq_platform.connectors.session import DriverErrors, tagged
from dq_platform.connectors.whole_tables import columns_by_table
from dq_platform.errors import SourceError, SourceProblem, Violation
from dq_platform.models.connection import ConnectionType
from dq_platform.models.metadata import ColumnInfo, TableInfo, TableKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from dq_platform.models.connection import SettingValue

_CATALOG = "dq_source"
_LISTING_HOLDS = 60.0
"""How long, in seconds, the files of an object store are thought to be those that were found."""


class DuckDBConnector(Deadline):
    """A private in-memory DuckDB that sees the connection's files and nothing else of the machine."""

    type: ClassVar[str] = ConnectionType.DUCKDB
    display_name: ClassVar[str] = "DuckDB"
    dialect: ClassVar[DuckDBDialect] = DuckDBDialect()
    settings_schema: ClassVar[tuple[Setting, ...]] = (
        Setting("database", "Path of a database file; it is opened for reading only."),
        Setting(
            "files",
            "CSV, Parquet and JSON files as tables of schema main: name=/path/*.parquet; other=s3://bucket/path.csv. "
            "Paths begin with / or, for object stores, with s3://, gs:// or az://.",
            route=True,
        ),
        Setting("memory_limit_mb", "Memory of a session, in MB.", SettingKind.INTEGER, default=1024, minimum=64),
        Setting("threads", "Threads of a session; all cores if absent.", SettingKind.INTEGER, minimum=1, maximum=256),
        *SETTINGS,
    )

    _driver: ModuleType
    _connection: duckdb.DuckDBPyConnection | None = None
    _seen: tuple[object, ...] = ()
    _opened = 0.0

    @classmethod
    def check_settings(cls, settings: Mapping[str, SettingValue]) -> list[Violation]:
        path = "connection.settings"
        found = []
        if "database" not in settings and "files" not in settings:
            found.append(Violation(f"{path}.database", "database or files is required.", "MISSING_SETTING"))
        if not Path(str(settings.get("database", "/"))).is_absolute():
            found.append(Violation(f"{path}.database", "database must be the absolute path of a local file."))
        try:
            files = parse_files(str(settings["files"])) if "files" in settings else []
        except ValueError as error:
            return [*found, Violation(f"{path}.files", f"files {error}.")]
        return found + check_clouds(settings, [named.cloud for named in files if named.cloud])

    @classmethod
    def check_guards(cls, settings: Mapping[str, SettingValue], guards: Guards) -> list[Violation]:
        path, places, found = "connection.settings", guards.files, []
        database, files = (settings.get(name, "") for name in ("database", "files"))
        if database and not is_reference(database) and not places.allow(Path(str(database))):
            found.append(Violation(f"{path}.database", f"database {places.refusal()}.", "PLACE_NOT_ALLOWED"))
        if files and not is_reference(files):
            outside = [named for named in parse_files(str(files)) if not named.may_be_read(places)]
            found += [
                Violation(f"{path}.files", f"files: {named.pattern!r} {places.refusal()}.", "PLACE_NOT_ALLOWED")
                for named in outside
            ]
        return found

    def connect(self) -> None:
        self._require_allowed()
        self._driver = load_driver("duckdb", self.display_name, "duckdb")
        # A pattern may match many files, and each is looked into.
        with self._statement(), self._deadline():
            self._seen, self._opened = self._fingerprint(), monotonic()
            self._connection = self._driver.connect(":memory:", config=self._config())
            self._open().execute("SET TimeZone = 'UTC'")
            if "database" in self.settings:
                self._attach(Path(str(self.settings["database"])))
            self._log_in()
            self._show_files()
            self._open().execute("SET enable_external_access = false")
            self._open().execute("SET lock_configuration = true")

    def _require_allowed(self) -> None:
        """Settings may have been references, or be older than the guards."""
        for violation in self.check_guards(self.settings, self.guards):
            raise SourceError(SourceProblem.PERMISSION, violation.description)

    def _config(self) -> dict[str, str | int | bool]:
        config: dict[str, str | int | bool] = {
            "memory_limit": f"{self.settings.get('memory_limit_mb', 1024)}MB",
            "temp_directory": str(Path(tempfile.gettempdir()) / f"dq-duckdb-{uuid.uuid4().hex}"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "allow_persistent_secrets": False,
            "python_enable_replacements": False,
        }
        return config | ({"threads": self.settings["threads"]} if "threads" in self.settings else {})

    def _attach(self, path: Path) -> None:
        if not path.is_file():
            raise SourceError(SourceProblem.NOT_FOUND, "The DuckDB database file does not exist.")
        if not _is_database(path):  # of other files DuckDB would make something else
            raise SourceError(SourceProblem.NOT_FOUND, "The file is no DuckDB database.")
        self._open().execute(f"ATTACH {self.dialect.text(str(path.resolve()))} AS {_CATALOG} (READ_ONLY)")
        self._open().execute(f"USE {_CATALOG}")

    def _files(self) -> list[NamedFiles]:
        return parse_files(str(self.settings["files"])) if "files" in self.settings else []

    def _show_files(self) -> None:
        """Make a view of each; the views and whatever reads them later may open exactly these files."""
        allowed: list[str] = []
        taken = {table.table_name.lower() for table in self._tables("main")}
        for files in self._files():
            paths = self._paths(files)
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

    def _log_in(self) -> None:
        """Load what reads object stores, and tell it how to log in to those that are read."""
        patterns: dict[str, list[str]] = {}
        for files in self._files():
            if files.cloud:
                patterns.setdefault(files.cloud.type, []).append(files.pattern)
        for cloud in CLOUDS:
            if cloud.type in patterns:
                self._load(cloud)
                self._open().execute(secret(cloud, self.settings, patterns[cloud.type], self.dialect.text))

    def _load(self, cloud: Cloud) -> None:
        try:
            self._open().execute(f"LOAD {cloud.extension}")
        except self._driver.Error as error:
            message = (
                f"DuckDB needs its extension {cloud.extension!r} for {cloud.schemes[0]}:// paths, which is not "
                f"installed for the account of this process. Run once, as that account: INSTALL {cloud.extension}"
            )
            raise SourceError(SourceProblem.DRIVER_MISSING, message) from error

    def _paths(self, files: NamedFiles) -> list[str]:
        """The files there are now; of an object store, only a pattern is looked up."""
        if not files.cloud:
            return self._real_paths(files)
        if not has_wildcard(files.pattern):
            return [files.pattern]
        return [
            path for (path,) in self._open().execute("SELECT file FROM glob($1) ORDER BY 1", [files.pattern]).fetchall()
        ]

    def _real_paths(self, files: NamedFiles) -> list[str]:
        try:
            return real_paths(files.local_paths(), self.guards.files)
        except ValueError as error:
            raise SourceError(SourceProblem.PERMISSION, f"A file of {files.name!r} {error}.") from error

    def _list(self, texts: list[str]) -> str:
        return f"[{', '.join(self.dialect.text(text) for text in texts)}]"

    def is_stale(self) -> bool:
        """Whether files came, went or changed: a session keeps what it opened.

        To look into an object store takes a new session: files there are thought to have changed after a while.
        """
        if any(files.cloud for files in self._files()) and monotonic() - self._opened > _LISTING_HOLDS:
            return True
        return self._seen != self._fingerprint()

    def _fingerprint(self) -> tuple[object, ...]:
        paths = [path for files in self._files() for path in files.local_paths()]
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
        return sorted({"main", *(str(name) for (name,) in self._select(catalogue.SCHEMAS))})

    def get_tables(self, schema: str) -> list[TableInfo]:
        with self._statement(), self._deadline():
            tables = self._tables(schema)
        paths = {files.name: files.local_paths() for files in self._files()}
        return [
            _with_facts(table, paths.get(table.table_name, [])) if table.kind is TableKind.FILE else table
            for table in tables
        ]

    def _tables(self, schema: str) -> list[TableInfo]:
        rows = self._open().execute(catalogue.TABLES, {"schema": schema}).fetchall()
        return [catalogue.table(schema, row) for row in rows]

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        rows = self._select(catalogue.COLUMNS, schema=schema, table=table)
        return [catalogue.column(position, row[1:]) for position, row in enumerate(rows, 1)]

    def get_all_columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        rows = self._select(catalogue.ALL_COLUMNS, schema=schema)
        return columns_by_table(lambda _: rows, len(rows) + 1, catalogue.column)

    def _driver_errors(self) -> DriverErrors:
        return (self._driver.Error,)

    def _translate(self, error: Exception) -> SourceError:
        problem = SourceProblem.TIMEOUT if self._expired else problem_of(error)
        detail = str(error) if problem is SourceProblem.BAD_SQL else ""
        return source_error(problem, self.display_name, code=type(error).__name__, detail=detail)


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[8:] == b"DUCK"


def _with_facts(table: TableInfo, paths: list[str]) -> TableInfo:
    """The table with the size of its files together and the time of the newest; as it is if they are elsewhere."""
    states = [_state(Path(path)) for path in paths]
    if not states:
        return table
    newest = datetime.fromtimestamp(max(time for _, _, time in states) / 1e9, UTC)
    return replace(table, size_bytes=sum(size for _, size, _ in states), last_change_time=newest)


def _state(path: Path) -> tuple[int, int, int]:
    """What changes when the file is written or replaced; zeros if it is not there."""
    try:
        state = path.stat()
    except OSError:
        return (0, 0, 0)
    return (state.st_ino, state.st_size, state.st_mtime_ns)
