"""Reading a source's whole catalogue and keeping it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from dq_platform.app.deps import Deps
from dq_platform.connectors.source_session import SourceSession
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.connection import Connection
from dq_platform.models.job import SkippedSchema
from dq_platform.models.metadata import Sweep, TableSnapshot
from dq_platform.ports import Tx

log = structlog.get_logger(__name__)

OF_ONE_SCHEMA = (SourceProblem.PERMISSION, SourceProblem.NOT_FOUND)
"""What keeps nobody from reading the other schemas."""
BATCH = 500
"""How many tables are written with one statement."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every table that the connection's user sees, as it was read from `began` on.

    `skipped` are schemas whose tables could not be listed: nobody knows what is in them.
    """

    snapshots: tuple[TableSnapshot, ...]
    began: datetime
    skipped: tuple[SkippedSchema, ...] = ()


async def read_catalogue(deps: Deps, connection: Connection) -> Catalogue:
    """Raises SourceError; one that concerns a single schema only if not one schema can be read."""
    began = deps.clock.now()
    found: list[TableSnapshot] = []
    refused: dict[str, SourceError] = {}
    async with deps.sources.session(connection) as session:
        schemas = await session.get_schemas()
        for schema in schemas:
            try:
                found += await _read_schema(deps, connection.id, session, schema)
            except SourceError as error:
                if error.problem not in OF_ONE_SCHEMA:
                    raise
                refused[schema] = error
                log.warning("sync.schema_skipped", connection_id=connection.id, schema=schema, code=error.code)
    if refused and len(refused) == len(schemas):
        raise refused[schemas[0]]
    skipped = (SkippedSchema(schema, error.reason, error.message) for schema, error in refused.items())
    return Catalogue(tuple(found), began, tuple(skipped))


async def _read_schema(deps: Deps, connection_id: str, session: SourceSession, schema: str) -> list[TableSnapshot]:
    tables = await session.get_tables(schema)
    columns = await session.get_all_columns(schema) if tables else {}
    now = deps.clock.now()
    # A table without columns was dropped since we heard of it.
    return [
        TableSnapshot(connection_id, table, tuple(columns[table.table_name]), now)
        for table in tables
        if columns.get(table.table_name)
    ]


async def store_catalogue(tx: Tx, deps: Deps, connection_id: str, catalogue: Catalogue) -> None:
    """Keep what was read and mark every other table as absent; the caller commits."""
    snapshots = catalogue.snapshots
    for start in range(0, len(snapshots), BATCH):
        await tx.tables.save_snapshots(snapshots[start : start + BATCH])
    present = [(snapshot.table.schema_name, snapshot.table.table_name) for snapshot in snapshots]
    sweep = Sweep(present, catalogue.began, [one.schema_name for one in catalogue.skipped])
    await tx.tables.forget_absent(connection_id, sweep, deps.clock.now())
