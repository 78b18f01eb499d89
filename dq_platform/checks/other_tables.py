"""Tables besides the checked one that a check names: which they are, and whether they have what the check needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from dq_platform.checks import reference
from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.params import ParamKind, ParamSpec, validate_params
from dq_platform.checks.sensor_params import PATH, Scope
from dq_platform.checks.sensors.fragments import split_table_name
from dq_platform.checks.sides import CheckDraft, side_violations
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.errors import Violation
from dq_platform.models.check import Check, Target
from dq_platform.models.metadata import TableSnapshot
from dq_platform.models.values import Params, ParamValue


@dataclass(frozen=True, slots=True)
class OtherTable:
    """A table that a check names, wherever it is."""

    connection_id: str
    schema_name: str
    table_name: str

    def __str__(self) -> str:
        return f"{self.schema_name}.{self.table_name}"


@dataclass(frozen=True, slots=True)
class KnownTable:
    """What is known of it: its connection's type, and the table, None if the source has none of that name."""

    connector_type: str
    snapshot: TableSnapshot | None


KnownTables = Mapping[OtherTable, KnownTable]
"""A table whose connection does not exist is missing."""
NO_TABLES: KnownTables = MappingProxyType({})

_FIELDS = {
    "check.target.column_name": reference.COLUMN,
    "check.partition_column": reference.PARTITION_COLUMN,
    "check.filter": reference.FILTER,
}
"""What a field of the reference side is called in the check."""


def other_tables(draft: CheckDraft) -> list[OtherTable]:
    """The tables that the draft names; those that are not named as they should be are left out."""
    check_type = CHECK_REGISTRY.find(draft.check_type)
    if check_type is None:
        return []
    params, _ = validate_params(check_type.sensor_params, draft.sensor_params, PATH)
    found = [_named(spec, params, draft.target) for spec in _table_specs(check_type)]
    if check_type.compares and reference.TABLE in params:
        found.append(_table(reference.reference_target(draft.target, params)))
    return [table for table in dict.fromkeys(found) if table is not None]


def tables_besides(check: Check) -> list[OtherTable]:
    """The tables that the check's own SQL reads besides the checked one; a comparison's reference is not among them."""
    check_type = CHECK_REGISTRY.find(check.check_type)
    if check_type is None:
        return []
    found = (_named(spec, check.sensor_params, check.target) for spec in _table_specs(check_type))
    return [table for table in dict.fromkeys(found) if table is not None]


def reference_violations(
    draft: CheckDraft, check_type: CheckType, params: dict[str, ParamValue], known: KnownTables
) -> tuple[dict[str, ParamValue], list[Violation]]:
    """The parameters with the reference's filter in normal form, and everything that is wrong with the reference.

    It must be what the checked table is: have a column of a type that fits, and those of the partition and the groups.
    """
    if not check_type.compares or reference.TABLE not in params:
        return params, []
    target = reference.reference_target(draft.target, params)
    table = known.get(_table(target))
    if table is None:
        text = f"There is no connection {target.connection_id[:100]!r}."
        return params, [Violation(f"{PATH}.{reference.CONNECTION}", text, "CONNECTION_NOT_FOUND")]
    if table.snapshot is None:
        return params, [_no_table(reference.TABLE, _table(target))]
    grammar = ConnectorFactory.get(table.connector_type).dialect.sqlglot
    scope = Scope(target, {column.name: column for column in table.snapshot.columns}, grammar)
    twin = reference_draft(draft, params)
    filter_sql, violations = side_violations(twin, check_type, scope)
    normal = {**params, reference.FILTER: filter_sql} if filter_sql else params
    return normal, list(_renamed(violations))


def reference_draft(draft: CheckDraft, params: Params) -> CheckDraft:
    """The check as it is on the reference's side."""
    return replace(
        draft,
        target=reference.reference_target(draft.target, params),
        filter=str(params.get(reference.FILTER, "")),
        partition_column=str(params.get(reference.PARTITION_COLUMN, draft.partition_column)),
    )


def named_violations(check_type: CheckType, params: Params, target: Target, known: KnownTables) -> Iterator[Violation]:
    """Every table of the same connection, and every column of it, that a parameter names and that is not there."""
    for spec in _table_specs(check_type):
        name = _named(spec, params, target)
        table = known.get(name) if name else None
        if name is None or table is None:
            continue
        if table.snapshot is None:
            yield _no_table(spec.name, name)
        else:
            columns = [other for other in check_type.sensor_params if other.table == spec.name and other.name in params]
            scope = Scope(
                replace(target, schema_name=name.schema_name, table_name=name.table_name),
                {column.name: column for column in table.snapshot.columns},
                "",
            )
            yield from (wrong for other in columns for wrong in _column(other, str(params[other.name]), scope))


def _column(spec: ParamSpec, name: str, scope: Scope) -> Iterator[Violation]:
    column = scope.columns.get(name)
    if column is None:
        yield Violation(f"{PATH}.{spec.name}", scope.no_column(name), "COLUMN_NOT_FOUND")
    elif column.data_type not in spec.accepts:
        text = f"the column {name!r} is of type {column.engine_type}, which cannot be used here."
        yield Violation(f"{PATH}.{spec.name}", text, "COLUMN_TYPE_NOT_ACCEPTED")


def _table_specs(check_type: CheckType) -> Sequence[ParamSpec]:
    return [spec for spec in check_type.sensor_params if spec.kind is ParamKind.TABLE]


def _named(spec: ParamSpec, params: Params, target: Target) -> OtherTable | None:
    """The table of a TABLE parameter; None if there is none, or not as a table is named."""
    try:
        schema, table = split_table_name(str(params.get(spec.name, "")), target.schema_name)
    except ValueError:
        return None
    return OtherTable(target.connection_id, schema, table)


def _table(target: Target) -> OtherTable:
    return OtherTable(target.connection_id, target.schema_name, target.table_name)


def _no_table(param: str, table: OtherTable) -> Violation:
    return Violation(f"{PATH}.{param}", f"There is no table {table}.", "TABLE_NOT_FOUND")


def _renamed(violations: Sequence[Violation]) -> Iterator[Violation]:
    """Violations by the fields that name the reference; what the checked side says as well is left out."""
    for violation in violations:
        if violation.field in _FIELDS:
            yield replace(violation, field=f"{PATH}.{_FIELDS[violation.field]}")
        elif violation.field.endswith(".column"):
            text = f"its rows are grouped by columns of the same names: {violation.description}"
            yield replace(violation, field=f"{PATH}.{reference.TABLE}", description=text)
