"""Sensor parameters of a check, looked at beside the table that they speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dq_platform.checks.params import ParamKind, ParamSpec, validate_params
from dq_platform.checks.sensors.fragments import split_table_name
from dq_platform.checks.user_sql import parse_aggregate, parse_condition, parse_query, parse_severity_query
from dq_platform.errors import Violation
from dq_platform.models.check import Target
from dq_platform.models.metadata import ColumnInfo, DataType
from dq_platform.models.values import Params, ParamValue
from dq_platform.spelling import did_you_mean

PATH = "check.sensor_params"
_LISTED = 50


def booleans_of(columns: Iterable[ColumnInfo]) -> frozenset[str]:
    """The names of the columns that are true or false."""
    return frozenset(column.name for column in columns if column.data_type is DataType.BOOLEAN)


@dataclass(frozen=True, slots=True)
class Scope:
    """What parameters may refer to: the checked table's columns, in the engine's grammar (sqlglot's name of it)."""

    target: Target
    columns: Mapping[str, ColumnInfo]
    grammar: str

    def no_column(self, name: str) -> str:
        """A sentence on a column that the table does not have."""
        listed = ", ".join(repr(known) for known in list(self.columns)[:_LISTED])
        more = f" and {len(self.columns) - _LISTED} more" if len(self.columns) > _LISTED else ""
        hint = did_you_mean(name, self.columns, limit=1)
        columns = f"{' Its' if hint else '; its'} columns are {listed}{more}."
        table = f"{self.target.schema_name}.{self.target.table_name}"
        return f"{table} has no column {name[:200]!r}{hint}{columns}"


def validate_sensor_params(
    specs: Sequence[ParamSpec], given: Mapping[str, object], scope: Scope
) -> tuple[dict[str, ParamValue], list[Violation]]:
    """The parameters with defaults, SQL normalised, and what is wrong with them as far as the checked table tells."""
    params, violations = validate_params(specs, given, PATH)
    checked = dict(params)
    for spec in specs:
        if spec.name in params and spec.kind in _CHECKS:
            value, wrong = _checked(spec, params[spec.name], scope)
            checked[spec.name] = value
            violations += wrong
    violations += _ranges(checked)
    return checked, violations


def _checked(spec: ParamSpec, value: ParamValue, scope: Scope) -> tuple[ParamValue, list[Violation]]:
    items = [str(item) for item in value] if isinstance(value, tuple) else [str(value)]
    made, violations = [], []
    for item in items:
        try:
            made.append(_CHECKS[spec.kind](spec, item, scope))
        except ValueError as error:
            violations.append(Violation(f"{PATH}.{spec.name}", str(error), _REASONS.get(spec.kind, "INVALID_SQL")))
    return (tuple(made) if isinstance(value, tuple) else "".join(made)), violations


def _ranges(params: Params) -> Iterator[Violation]:
    """Every `min_x` that is above its `max_x`."""
    for name, low in params.items():
        high = params.get(f"max_{name.removeprefix('min_')}") if name.startswith("min_") else None
        if high is not None and low > high:  # type: ignore[operator]  # a pair has one kind
            text = f"must not be above max_{name.removeprefix('min_')} {high}, but is {low}."
            yield Violation(f"{PATH}.{name}", text, "INVALID_PARAMETER")


def _column(spec: ParamSpec, name: str, scope: Scope) -> str:
    column = scope.columns.get(name)
    if column is None:
        raise ValueError(scope.no_column(name))
    if column.data_type not in spec.accepts:
        message = f"the column {name!r} is of type {column.engine_type}, which cannot be used here."
        raise ValueError(message)
    return name


def _table(spec: ParamSpec, name: str, scope: Scope) -> str:  # noqa: ARG001
    split_table_name(name, scope.target.schema_name)
    return name


def _condition(spec: ParamSpec, text: str, scope: Scope) -> str:  # noqa: ARG001
    return parse_condition(text, scope.grammar, scope.columns, booleans_of(scope.columns.values()))


def _aggregate(spec: ParamSpec, text: str, scope: Scope) -> str:  # noqa: ARG001
    return parse_aggregate(text, scope.grammar, scope.columns)


def _query(spec: ParamSpec, text: str, scope: Scope) -> str:  # noqa: ARG001
    return parse_query(text, scope.grammar, scope.columns, (scope.target.schema_name, scope.target.table_name))


def _severity_query(spec: ParamSpec, text: str, scope: Scope) -> str:  # noqa: ARG001
    return parse_severity_query(text, scope.grammar, scope.columns, scope.target)


_CHECKS: Mapping[ParamKind, Callable[[ParamSpec, str, Scope], str]] = {
    ParamKind.COLUMN: _column,
    ParamKind.COLUMN_LIST: _column,
    ParamKind.TABLE: _table,
    ParamKind.SQL_CONDITION: _condition,
    ParamKind.SQL_EXPRESSION: _aggregate,
    ParamKind.SQL_QUERY: _query,
    ParamKind.SEVERITY_QUERY: _severity_query,
}
_REASONS = {
    ParamKind.COLUMN: "COLUMN_NOT_FOUND",
    ParamKind.COLUMN_LIST: "COLUMN_NOT_FOUND",
    ParamKind.TABLE: "INVALID_PARAMETER",
}
