"""What asynchronous code does with a source."""

from __future__ import annotations

from dq_platform.connectors.base import Rows, SourceVersion
from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.lease import Lease
from dq_platform.models.metadata import ColumnInfo, TableInfo


class SourceSession:
    """A session with one source, for one task at a time. Every method raises SourceError for the source's failures.

    `statements` and `rows` count what was executed and what came back. When the task is cancelled, or an
    `asyncio.timeout` around the call is over, the statement is stopped on the server first.
    """

    def __init__(self, lease: Lease, dialect: Dialect) -> None:
        self._lease = lease
        self.dialect = dialect
        self.statements = 0
        self.rows = 0

    async def execute(self, sql: str, *, tag: str = "") -> Rows:
        """The rows of one SELECT, within the guards; `tag` goes along as a comment."""
        self.statements += 1
        rows = await self._lease.run(lambda connector: connector.execute(sql, tag=tag))
        self.rows += len(rows.rows)
        return rows

    async def version(self) -> SourceVersion:
        """What answers."""
        return await self._lease.run(lambda connector: connector.version())

    async def get_schemas(self) -> list[str]:
        """Schemas that hold users' tables, sorted."""
        return await self._lease.run(lambda connector: connector.get_schemas())

    async def get_tables(self, schema: str) -> list[TableInfo]:
        """Tables and views of the schema, sorted by name."""
        return await self._lease.run(lambda connector: connector.get_tables(schema))

    async def get_columns(self, schema: str, table: str) -> list[ColumnInfo]:
        """Columns by position; empty if the table does not exist."""
        return await self._lease.run(lambda connector: connector.get_columns(schema, table))

    async def get_all_columns(self, schema: str) -> dict[str, list[ColumnInfo]]:
        """Columns of every table of the schema, by table."""
        return await self._lease.run(lambda connector: connector.get_all_columns(schema))
