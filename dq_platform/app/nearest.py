"""What a mistyped table was meant to be."""

from __future__ import annotations

from dataclasses import replace

from dq_platform.app.deps import Deps
from dq_platform.errors import Invalid, SourceError, Violation
from dq_platform.models.check import Target
from dq_platform.models.connection import Connection
from dq_platform.spelling import did_you_mean

FIELD = "check.target.table_name"


async def with_nearest(deps: Deps, connection: Connection, target: Target, error: Invalid) -> Invalid:
    """The error; where it says that the target's table does not exist, with the nearest that do.

    As it is if the source cannot be asked: the error is right without.
    """
    if not any(_is_unknown_table(violation) for violation in error.violations):
        return error
    try:
        text = await _no_table(deps, connection, target)
    except SourceError:
        return error
    return Invalid([replace(one, description=text) if _is_unknown_table(one) else one for one in error.violations])


async def _no_table(deps: Deps, connection: Connection, target: Target) -> str:
    schema = target.schema_name
    async with deps.sources.session(connection) as session:
        tables = [table.table_name for table in await session.get_tables(schema)]
        schemas = [] if tables else await session.get_schemas()
    if tables or schema in schemas:
        hint = did_you_mean(target.table_name, tables) or "."
        return f"There is no table {schema}.{target.table_name}{hint}"
    return f"There is no schema {schema!r}{did_you_mean(schema, schemas) or '.'}"


def _is_unknown_table(violation: Violation) -> bool:
    return violation.field == FIELD and violation.reason == "TABLE_NOT_FOUND"
