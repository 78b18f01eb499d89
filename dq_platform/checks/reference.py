"""The reference table that comparing checks measure as well: any table of any connection of the workspace."""

from __future__ import annotations

from dq_platform.checks.level import Level
from dq_platform.checks.params import ParamKind, ParamSpec
from dq_platform.models.check import Target
from dq_platform.models.values import Params

CONNECTION = "reference_connection_id"
SCHEMA = "reference_schema"
TABLE = "reference_table"
COLUMN = "reference_column"
PARTITION_COLUMN = "reference_partition_column"
FILTER = "reference_filter"

_TABLE_PARAMS = (
    ParamSpec(CONNECTION, ParamKind.CONNECTION, "Connection of the reference table; the check's own if left out."),
    ParamSpec(SCHEMA, ParamKind.OTHER_SCHEMA, "Schema of the reference table; the checked table's if left out."),
    ParamSpec(TABLE, ParamKind.OTHER_TABLE, "Table to compare with.", required=True),
    ParamSpec(FILTER, ParamKind.OTHER_CONDITION, "SQL condition on the reference table's rows, in its engine's SQL."),
)
_COLUMN = ParamSpec(COLUMN, ParamKind.OTHER_COLUMN, "Column to compare with; the one of the same name if left out.")
_PARTITION_COLUMN = ParamSpec(
    PARTITION_COLUMN,
    ParamKind.OTHER_COLUMN,
    "The reference table's partition column, in partitioned mode; the one of the same name if left out.",
)


def reference_params(level: Level, *, partitioned: bool) -> tuple[ParamSpec, ...]:
    """The parameters that name the reference; `partitioned`: whether the check type has that mode."""
    column = (_COLUMN,) if level is Level.COLUMN else ()
    return (*_TABLE_PARAMS, *column, *((_PARTITION_COLUMN,) if partitioned else ()))


def reference_target(target: Target, params: Params) -> Target:
    """What the check measures on the other side; `params` name a reference table."""
    return Target(
        connection_id=str(params.get(CONNECTION, target.connection_id)),
        schema_name=str(params.get(SCHEMA, target.schema_name)),
        table_name=str(params[TABLE]),
        column_name=str(params.get(COLUMN, target.column_name)),
    )
