"""A check's parts as JSON or columns, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dq_platform.models.check import CheckSelector, GroupBy, Mode, Thresholds
from dq_platform.models.table_sample import SampleMethod, TableSample
from dq_platform.models.values import Params

Json = dict[str, Any]


def params_to_json(params: Params) -> Json:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in params.items()}


def params_from_json(stored: Mapping[str, Any]) -> Params:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}


def thresholds_to_json(thresholds: Thresholds) -> Json:
    each = {"warning": thresholds.warning, "error": thresholds.error, "fatal": thresholds.fatal}
    return {name: params_to_json(params) for name, params in each.items() if params is not None}


def thresholds_from_json(stored: Mapping[str, Any]) -> Thresholds:
    return Thresholds(**{name: params_from_json(params) for name, params in stored.items()})


def group_by_to_json(levels: tuple[GroupBy, ...]) -> list[Json]:
    return [{"column": level.column} if level.column else {"tag": level.tag} for level in levels]


def group_by_from_json(stored: list[Json]) -> tuple[GroupBy, ...]:
    return tuple(GroupBy(**level) for level in stored)


def table_sample_values(sample: TableSample | None) -> Json:
    """By the names of the columns, both None for all rows."""
    return {
        "sample_method": sample.method.value if sample else None,
        "sample_percent": float(sample.percent) if sample else None,
    }


def table_sample_from_row(method: str | None, percent: float) -> TableSample | None:
    """From the values of the two columns."""
    return None if method is None else TableSample(SampleMethod(method), percent)


def selector_to_json(selector: CheckSelector) -> Json:
    """Only what is set."""
    texts = ("connection_id", "schema_name", "table_pattern", "check_type", "category")
    stored: Json = {name: getattr(selector, name) for name in texts if getattr(selector, name)}
    if selector.check_ids:
        stored["check_ids"] = list(selector.check_ids)
    if selector.mode is not None:
        stored["mode"] = selector.mode.value
    if selector.labels:
        stored["labels"] = dict(selector.labels)
    return stored


def selector_from_json(stored: Mapping[str, Any]) -> CheckSelector:
    mode = stored.get("mode")
    return CheckSelector(
        **{
            **stored,
            "check_ids": tuple(stored.get("check_ids", ())),
            "mode": None if mode is None else Mode(mode),
        }
    )
