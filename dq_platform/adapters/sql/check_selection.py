"""Selectors of checks as SQL: of one selector, and of many at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, Text, bindparam, case, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from dq_platform.adapters.sql.ids import parse_id, parse_ids
from dq_platform.adapters.sql.session import Session
from dq_platform.adapters.sql.tables import ID, checks
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.models.check import CheckPlace, CheckSelector, Target

QUALIFIED_NAME = case(
    (checks.c.schema_name == "", checks.c.table_name),
    else_=checks.c.schema_name + "." + checks.c.table_name,
)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of selectors: what is compared, its type, and how.

    What cannot be an id becomes NULL, which equals nothing.
    """

    value: Callable[[Any], object]
    type: TypeEngine[Any]
    holds: Callable[[ColumnElement[Any]], ColumnElement[bool]]


def like_pattern(pattern: str) -> str:
    r"""A pattern of `*` and `?` as LIKE spells it, with `\` as its escape."""
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_")


def _types_of(category: str) -> list[str]:
    """What a category holds is the catalogue's to say: a check type may move without any row being changed."""
    return [check_type.name for check_type in CHECK_REGISTRY.items() if check_type.category == category]


FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "check_ids": Field(parse_ids, ARRAY(ID), lambda wanted: checks.c.id == func.any(wanted)),
        "connection_id": Field(parse_id, ID, lambda wanted: checks.c.connection_id == wanted),
        "schema_name": Field(str, Text(), lambda wanted: checks.c.schema_name == wanted),
        "table_pattern": Field(like_pattern, Text(), lambda wanted: QUALIFIED_NAME.like(wanted, escape="\\")),
        "check_type": Field(str, Text(), lambda wanted: checks.c.check_type == wanted),
        "category": Field(_types_of, ARRAY(Text()), lambda wanted: checks.c.check_type == func.any(wanted)),
        "mode": Field(str, Text(), lambda wanted: checks.c.mode == wanted),
        "labels": Field(dict, JSONB(), checks.c.labels.contains),
    }
)


def conditions(workspace_id: str, selector: CheckSelector) -> Sequence[ColumnElement[bool]]:
    """What checks must fulfil that the selector matches, disabled ones too."""
    wanted = _wanted(selector)
    return [
        checks.c.workspace_id == workspace_id,
        *(FIELDS[name].holds(literal(value, FIELDS[name].type)) for name, value in wanted.items()),
    ]


async def select_each(session: Session, wanted: Sequence[tuple[str, CheckSelector]]) -> Sequence[Sequence[CheckPlace]]:
    """For each (workspace id, selector) the enabled checks that match, by creation."""
    shapes: dict[tuple[str, ...], list[Mapping[str, object]]] = {}
    for number, (workspace_id, selector) in enumerate(wanted):
        values = _wanted(selector)
        shapes.setdefault(tuple(values), []).append({"number": number, "workspace_id": workspace_id, **values})
    found: list[list[CheckPlace]] = [[] for _ in wanted]
    for names, rows in shapes.items():
        for row in await session.execute(_each(names), {"wanted": rows}):
            target = Target(row.connection_id, row.schema_name, row.table_name, row.column_name)
            found[row.number].append(CheckPlace(row.id, target))
    return found


@cache
def _each(names: tuple[str, ...]) -> Select[Any]:
    """The places of checks for rows of values, one for each selector that sets these fields."""
    compared = [column(name, FIELDS[name].type) for name in names]
    columns: list[ColumnElement[Any]] = [column("number", Integer), column("workspace_id", ID), *compared]
    rows = func.jsonb_to_recordset(bindparam("wanted", type_=JSONB))
    wanted = rows.table_valued(*columns).render_derived("wanted", with_types=True)
    c = checks.c
    return (
        select(wanted.c.number, c.id, c.connection_id, c.schema_name, c.table_name, c.column_name)
        .join_from(wanted, checks, c.workspace_id == wanted.c.workspace_id)
        .where(c.enabled, *(FIELDS[name].holds(wanted.c[name]) for name in names))
        .order_by(wanted.c.number, c.create_time, c.id)
    )


def _wanted(selector: CheckSelector) -> Mapping[str, object]:
    """What to compare with, of the fields that are set."""
    given = {name: getattr(selector, name) for name in FIELDS}
    return {name: FIELDS[name].value(value) for name, value in given.items() if value}
