"""Reading a source's whole catalogue and keeping it."""

from __future__ import annotations

from collections.abc import Sequence

from dq_platform.app.deps import Deps
from dq_platform.models.connection import Connection
from dq_platform.models.metadata import TableSnapshot
from dq_platform.ports import Tx

BATCH = 500
"""How many tables are written with one statement."""


async def read_catalogue(deps: Deps, connection: Connection) -> list[TableSnapshot]:
    """Every table that the connection's user sees, with its columns. Raises SourceError."""
    found: list[TableSnapshot] = []
    async with deps.sources.session(connection) as session:
        for schema in await session.get_schemas():
            tables = await session.get_tables(schema)
            columns = await session.get_all_columns(schema) if tables else {}
            now = deps.clock.now()
            # A table without columns was dropped since we heard of it.
            found.extend(
                TableSnapshot(connection.id, table, tuple(columns[table.table_name]), now)
                for table in tables
                if columns.get(table.table_name)
            )
    return found


async def store_catalogue(tx: Tx, deps: Deps, connection_id: str, catalogue: Sequence[TableSnapshot]) -> None:
    """Keep what was read and mark every other table as absent; the caller commits."""
    for start in range(0, len(catalogue), BATCH):
        await tx.tables.save_snapshots(catalogue[start : start + BATCH])
    present = [(snapshot.table.schema_name, snapshot.table.table_name) for snapshot in catalogue]
    await tx.tables.forget_absent(connection_id, present, deps.clock.now())
