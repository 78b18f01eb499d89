"""Results of columns with personal data: judged like all others, and kept without what one person's row holds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, SensorType
from dq_platform.models.result import Result, ResultBounds

WITHHELD = "The value is withheld: the column is marked as personal."
WITHHELD_TEXT = "The value is withheld: it is not a number, and the table has columns that are marked as personal."


def withheld(result: Result, personal: Collection[str], *, reference: bool = False) -> Result:
    """The result as it may be stored and shown. `personal` are the columns of its table that are marked so.

    A sensor that keeps the column's type, such as a minimum, answers with the value of a single row; SQL of the check's
    author may do so too where it answers with something else than a number. `reference`: the column that the check
    compares with is marked. Other measures speak of many rows and stay as they are.
    """
    if not personal and not reference:
        return result
    sensor = _sensor(result)
    if _is_a_rows_value(result, sensor) and (reference or result.target.column_name in personal):
        return _without_value(result, WITHHELD)
    if _is_users_text(result, sensor) and personal:
        return _without_value(result, WITHHELD_TEXT)
    return result


def speaks_of_one_row(result: Result) -> bool:
    """Whether it may hold what stands in a single row, and would be withheld if certain columns were marked."""
    sensor = _sensor(result)
    return _is_a_rows_value(result, sensor) or _is_users_text(result, sensor)


def _is_a_rows_value(result: Result, sensor: SensorType | None) -> bool:
    return sensor is not None and sensor.keeps_type and (result.has_value or result.expected_value is not None)


def _is_users_text(result: Result, sensor: SensorType | None) -> bool:
    return sensor is not None and sensor.runs_users_sql and result.value_text is not None


def _sensor(result: Result) -> SensorType | None:
    found = CHECK_REGISTRY.find(result.check_type)
    return SENSOR_REGISTRY.find(found.sensor) if found else None


def _without_value(result: Result, why: str) -> Result:
    """What would have passed stays only if it comes from the thresholds alone, and not from a reference's value."""
    message = " ".join(filter(None, (result.message, why)))
    kept = replace(result, value=None, value_text=None, message=message)
    if result.expected_value is None:
        return kept
    return replace(kept, expected_value=None, expected_text="", bounds=ResultBounds())
