"""What is known of the tables besides the checked one that a check names."""

from __future__ import annotations

from collections.abc import Iterable

from dq_platform.app.deps import Deps
from dq_platform.app.metadata import snapshot_of
from dq_platform.checks.other_tables import KnownTable, KnownTables, OtherTable, other_tables, tables_besides
from dq_platform.checks.validation import CheckDraft
from dq_platform.errors import NotFound
from dq_platform.models.check import Check
from dq_platform.models.connection import Connection
from dq_platform.models.metadata import TableSize
from dq_platform.ports import Tx


async def known_tables(deps: Deps, connection: Connection, draft: CheckDraft, *, fresh: bool = False) -> KnownTables:
    """The tables as we know them or, if we do not or if `fresh`, as their sources have them now.

    `connection` is the check's own. A table of a connection that its workspace does not have is left out. Raises
    SourceError.
    """
    found: dict[OtherTable, KnownTable] = {}
    for table in other_tables(draft):
        try:
            source = await _source(deps, connection, draft, table.connection_id)
        except NotFound:
            continue
        snapshot = await snapshot_of(deps, source, table.schema_name, table.table_name, fresh=fresh)
        found[table] = KnownTable(source.type, snapshot)
    return found


async def sizes_besides(tx: Tx, checks: Iterable[Check]) -> dict[OtherTable, TableSize]:
    """How large our store knows the tables to be that the checks read beside their own."""
    tables = dict.fromkeys(table for check in checks for table in tables_besides(check))
    return {one: (await tx.tables.known(one.connection_id, one.schema_name, one.table_name)).size for one in tables}


async def _source(deps: Deps, own: Connection, draft: CheckDraft, id: str) -> Connection:
    if id == draft.target.connection_id:
        return own
    async with deps.uow() as tx:
        return await tx.connections.get(own.workspace_id, id)
