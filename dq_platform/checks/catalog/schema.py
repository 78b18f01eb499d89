"""The table's shape, and how it differs from what was accepted."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, TABLE, WHOLE_TABLE_MODES, Dimension, category, check
from dq_platform.checks.catalog.defaults import NO_PARAMETERS
from dq_platform.checks.drift import Drift

BASELINE = (
    "Compared are the columns as they were when the check was created or somebody accepted a change last"
    " (`POST /api/v1/checks/{check_id}/accept-baseline`): until then it goes on failing."
)

CHECKS = category(
    "schema",
    check(
        "column_exists",
        level=COLUMN,
        sensor="column_exists",
        rule="equals_1",
        dimension=Dimension.COMPLETENESS,
        modes=WHOLE_TABLE_MODES,
        defaults=NO_PARAMETERS,
    ),
    check(
        "column_count",
        level=TABLE,
        sensor="column_count",
        rule="equals_integer",
        dimension=Dimension.COMPLETENESS,
        modes=WHOLE_TABLE_MODES,
    ),
    check(
        "column_count_changed",
        level=TABLE,
        sensor="column_count",
        rule="equals_accepted",
        dimension=Dimension.CONSISTENCY,
        modes=WHOLE_TABLE_MODES,
        description=f"Number of columns of the table. Fails when it is not that of its baseline. {BASELINE}",
        defaults=NO_PARAMETERS,
        drift=Drift.COUNT,
    ),
    check(
        "column_list_changed",
        level=TABLE,
        sensor="changed_columns",
        rule="equals_0",
        dimension=Dimension.CONSISTENCY,
        modes=WHOLE_TABLE_MODES,
        description=f"Number of columns that were added or removed, in any order. Fails when there are any. {BASELINE}",
        defaults=NO_PARAMETERS,
        drift=Drift.NAMES,
    ),
    check(
        "column_list_or_order_changed",
        level=TABLE,
        sensor="changed_columns",
        rule="equals_0",
        dimension=Dimension.CONSISTENCY,
        modes=WHOLE_TABLE_MODES,
        description=f"Number of columns that were added, removed or moved. Fails when there are any. {BASELINE}",
        defaults=NO_PARAMETERS,
        drift=Drift.ORDER,
    ),
    check(
        "column_types_changed",
        level=TABLE,
        sensor="changed_columns",
        rule="equals_0",
        dimension=Dimension.CONSISTENCY,
        modes=WHOLE_TABLE_MODES,
        description="Number of columns that were added or removed, have another type, length or precision, or may be"
        f" NULL or not as they may not have been before. Fails when there are any. {BASELINE}",
        defaults=NO_PARAMETERS,
        drift=Drift.TYPES,
    ),
    check(
        "column_type_changed",
        level=COLUMN,
        sensor="changed_column",
        rule="equals_0",
        dimension=Dimension.CONSISTENCY,
        modes=WHOLE_TABLE_MODES,
        description="1 if the column has another type, length or precision, or may be NULL though it could not or the"
        f" other way round, else 0. Fails when it is 1. {BASELINE}",
        defaults=NO_PARAMETERS,
        drift=Drift.TYPES,
    ),
)
