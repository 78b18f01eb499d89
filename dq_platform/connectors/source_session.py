"""What asynchronous code does with a source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TypeVar

from dq_platform.connectors.base import BaseConnector, Rows, SourceVersion
from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.lease import Lease
from dq_platform.models.metadata import ColumnInfo, TableInfo

T = TypeVar("T")


class SourceSession:
    """A session with one source, for one task at a time. Every method raises SourceError for the source's failures.

    `statements` counts what was asked, questions to the catalogue included, each as one; `milliseconds` is how long the
    answers took, with connecting; `rows` counts what SELECTs brought back. When the task is cancelled, or an
    `asyncio.timeout` around the call is over, the statement is stopped on the server first.
    """

    def __init__(self, lease: Lease, dialect: Dialect) -> None:
        self._lease = lease
        self.dialect = dialect
        self.statements = 0
        self.milliseconds = 0.0
        self.rows = 0

    async def execute(self, sql: str, *, tag: str = "", numbers: int = 0) -> Rows:
        """The rows of one SELECT, within the guards; `tag` goes along as a comment.

        `numbers` is how many columns its one row has, 0 if it may have any number of rows: of use where a session is
        shared.
        """
        del numbers
        rows = await self._ask(lambda connector: connector.execute(sql, tag=tag))
        self.rows += len(rows.rows)
        return rows

    async def version(self) -> SourceVersion:
        """What answers."""
        return await self._ask(lambda connector: connector.version())

    async def get_schemas(self) -> list[str]:
        """Schemas that hold users' tables, sorted."""
        return await self._ask(lambda connector: connector.get_schemas())

    async def get_tables(self, schema: str) -> list[TableInfo]:
        """Tables and views of the schema, sorted by name."""
        return await self._ask(lambda connector: connector.get_tables(schema))

    async def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        """Columns by position; empty if the table does not exist."""
        return await self._ask(lambda connector: connector.get_columns(schema, table))

    async def get_columns_of(self, schema: str, tables: Sequence[str]) -> dict[str, list[ColumnInfo]]:
        """Columns of those of the schema's tables that exist, by table."""
        return await self._ask(lambda connector: connector.get_columns_of(schema, tables))

    async def get_all_columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        """Columns of every table of the schema, by table."""
        return await self._ask(lambda connector: connector.get_all_columns(schema))

    async def _ask(self, function: Callable[[BaseConnector], T]) -> T:
        self.statements += 1
        started = perf_counter()
        try:
            return await self._lease.run(function)
        finally:
            self.milliseconds += (perf_counter() - started) * 1000
