"""What a source's catalogue says of the tables of one job: each schema is read once for all units of the job."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dq_platform.app.deps import Deps
from dq_platform.app.metadata import entry_of, is_current, read_snapshot
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.connectors.shared_session import SharedSession
from dq_platform.connectors.source_session import SourceSession
from dq_platform.models.connection import Connection
from dq_platform.models.metadata import ColumnInfo, TableInfo, TableSnapshot


@dataclass(frozen=True, slots=True)
class _Told:
    """The columns of those of the job's `tables` that were there at that moment."""

    tables: Collection[str]
    columns: Mapping[str, Sequence[ColumnInfo]]
    at: datetime


@dataclass(frozen=True, slots=True)
class JobCatalogue:
    """The catalogue as the first unit of the job found it in this process; a job of one unit asks for its table alone.

    Columns are read once; sizes and comments as well, if columns changed or those that we know are old.
    """

    deps: Deps
    session: SourceSession | SharedSession
    connection: Connection
    job_id: str
    unit_count: int

    async def snapshot(self, schema: str, table: str, known: TableSnapshot | None) -> TableSnapshot | None:
        """As `read_snapshot` gives it. Raises SourceError."""
        told = await self._columns(schema) if self._is_shared else None
        if told is None or table not in told.tables:
            return await read_snapshot(self.deps, self.session, self.connection, schema, table, known)
        columns = tuple(told.columns.get(table, ()))
        if not columns:
            return None
        if known is not None and is_current(known, columns, told.at):
            return known
        entry = entry_of(await self._tables(schema, told.tables), schema, table)
        return TableSnapshot(self.connection.id, entry, columns, told.at)

    @property
    def _is_shared(self) -> bool:
        return self.unit_count > 1 and ConnectorFactory.get(self.connection.type).reads_schemas_at_once()

    async def _columns(self, schema: str) -> _Told:
        async def ask() -> _Told:
            async with self.deps.uow() as tx:
                tables = await tx.jobs.tables(self.job_id, self.connection.id, schema)
            began = self.deps.clock.now()
            return _Told(frozenset(tables), await self.session.get_columns_of(schema, tables), began)

        return await self.deps.once.get(self.job_id, (self._source, schema, "columns"), ask)

    async def _tables(self, schema: str, wanted: Collection[str]) -> Sequence[TableInfo]:
        async def ask() -> Sequence[TableInfo]:
            return [one for one in await self.session.get_tables(schema) if one.table_name in wanted]

        return await self.deps.once.get(self.job_id, (self._source, schema, "tables"), ask)

    @property
    def _source(self) -> tuple[str, int]:
        """Who changes a connection has another source from then on."""
        return self.connection.id, self.connection.version
