"""The table's shape, and how it differs from what was accepted."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, TABLE, WHOLE_TABLE_MODES, CheckType, Dimension, category, check
from dq_platform.checks.catalog.defaults import NO_PARAMETERS
from dq_platform.checks.drift import Drift
from dq_platform.checks.level import Level

BASELINE = (
    "Compared are the columns as they were when the check was created or somebody accepted a change last"
    " (`POST /api/v1/checks/{check_id}/accept-baseline`): until then it goes on failing."
)


def _changed(name: str, level: Level, drift: Drift, measured: str) -> CheckType:
    """A check type that counts columns which differ from the baseline."""
    return check(
        name,
        level=level,
        sensor="changed_columns" if level is TABLE else "changed_column",
        rule="equals_0",
        dimension=Dimension.CONSISTENCY,
        modes=WHOLE_TABLE_MODES,
        description=f"{measured} {BASELINE}",
        defaults=NO_PARAMETERS,
        drift=drift,
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
    _changed(
        "column_list_changed",
        TABLE,
        Drift.NAMES,
        "Number of columns that were added or removed, in any order. Fails when there are any.",
    ),
    _changed(
        "column_list_or_order_changed",
        TABLE,
        Drift.ORDER,
        "Number of columns that were added, removed or moved. Fails when there are any.",
    ),
    _changed(
        "column_types_changed",
        TABLE,
        Drift.TYPES,
        "Number of columns that were added or removed, have another type, length or precision, or may be NULL though"
        " they could not or the other way round. Fails when there are any.",
    ),
    _changed(
        "column_type_changed",
        COLUMN,
        Drift.TYPES,
        "1 if the column has another type, length or precision, or may be NULL though it could not or the other way"
        " round, else 0. Fails when it is 1.",
    ),
)
