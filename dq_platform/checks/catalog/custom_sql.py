"""Checks in the user's own SQL."""

from __future__ import annotations

from dq_platform.checks.catalog.declare import COLUMN, TABLE, WHOLE_TABLE_MODES, Dimension, category, check
from dq_platform.checks.catalog.defaults import FEW_BAD_ROWS, MOSTLY_GOOD_PERCENT

CHECKS = category(
    "custom_sql",
    check(
        "sql_condition_failed_on_column",
        level=COLUMN,
        sensor="sql_condition_failed_count_on_column",
        rule="max_count",
        dimension=Dimension.VALIDITY,
        defaults=FEW_BAD_ROWS,
    ),
    check(
        "sql_condition_passed_percent_on_column",
        level=COLUMN,
        sensor="sql_condition_passed_percent_on_column",
        rule="min_percent",
        dimension=Dimension.VALIDITY,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
    check(
        "sql_aggregate_expression_on_column",
        level=COLUMN,
        sensor="sql_aggregated_expression_on_column",
        rule="between_floats",
        dimension=Dimension.REASONABLENESS,
    ),
    check(
        "sql_invalid_value_count_on_column",
        level=COLUMN,
        sensor="sql_invalid_value_count",
        rule="max_count",
        dimension=Dimension.VALIDITY,
        modes=WHOLE_TABLE_MODES,
        defaults=FEW_BAD_ROWS,
    ),
    check(
        "sql_condition_failed_on_table",
        level=TABLE,
        sensor="sql_condition_failed_count_on_table",
        rule="max_count",
        dimension=Dimension.VALIDITY,
        defaults=FEW_BAD_ROWS,
    ),
    check(
        "sql_condition_passed_percent_on_table",
        level=TABLE,
        sensor="sql_condition_passed_percent_on_table",
        rule="min_percent",
        dimension=Dimension.VALIDITY,
        defaults=MOSTLY_GOOD_PERCENT,
    ),
    check(
        "sql_aggregate_expression_on_table",
        level=TABLE,
        sensor="sql_aggregated_expression_on_table",
        rule="between_floats",
        dimension=Dimension.REASONABLENESS,
    ),
    check(
        "sql_invalid_record_count_on_table",
        level=TABLE,
        sensor="sql_invalid_record_count",
        rule="max_count",
        dimension=Dimension.VALIDITY,
        modes=WHOLE_TABLE_MODES,
        defaults=FEW_BAD_ROWS,
    ),
)
