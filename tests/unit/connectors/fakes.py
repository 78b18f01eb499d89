"""A connector without a source, for what pools do with sessions."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import ClassVar

from dq_platform.connectors.base import BaseConnector, Guards, Rows, Setting, SourceVersion
from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.driver_errors import source_error
from dq_platform.connectors.duckdb_dialect import DuckDBDialect
from dq_platform.errors import SourceProblem
from dq_platform.models.connection import SettingValue
from dq_platform.models.metadata import ColumnInfo, TableInfo


class FakeConnector(BaseConnector):
    """Answers every statement with itself; `block` waits for cancel, `die` ends the session.

    With the setting `deaf` a request to cancel hangs until `unheard` is set.
    """

    type: ClassVar[str] = "fake"
    display_name: ClassVar[str] = "Fake"
    dialect: ClassVar[Dialect] = DuckDBDialect()
    settings_schema: ClassVar[tuple[Setting, ...]] = ()
    made: ClassVar[list[FakeConnector]] = []
    blocked: ClassVar[threading.Event] = threading.Event()
    unheard: ClassVar[threading.Event] = threading.Event()

    def __init__(self, settings: Mapping[str, SettingValue], guards: Guards) -> None:
        super().__init__(settings, guards)
        self.state = "new"
        self.stale = False
        self.cancelled = threading.Event()
        self.made.append(self)

    def connect(self) -> None:
        if self.settings.get("refuses"):
            raise source_error(SourceProblem.CREDENTIALS, self.display_name)
        self.state = "open"

    def execute(self, sql: str, *, tag: str = "") -> Rows:
        del tag
        if sql == "die":
            self.state = "dead"
        if self.state != "open":
            raise source_error(SourceProblem.UNREACHABLE, self.display_name)
        if sql == "block":
            self.blocked.set()
            self.cancelled.wait()
            raise source_error(SourceProblem.CANCELLED, self.display_name)
        return Rows(("sql",), [(sql,)])

    def is_stale(self) -> bool:
        return self.stale

    def cancel(self) -> None:
        if self.settings.get("deaf"):
            self.unheard.wait()
        self.cancelled.set()

    def close(self) -> None:
        self.state = "closed"

    def version(self) -> SourceVersion:
        return SourceVersion("Fake", "1")

    def get_schemas(self) -> list[str]:
        return ["main"]

    def get_tables(self, schema: str) -> list[TableInfo]:
        return [TableInfo(schema, "t")]

    def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        del schema, table
        return []
