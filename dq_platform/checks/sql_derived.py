"""Queries of users as engines take them after FROM, in parentheses: not every SELECT can stand there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlglot import exp

from dq_platform.checks.sql_reading import SqlRefused

_UNIQUE_NAMES = ("tsql", "mysql")
"""Grammars in which a derived table cannot have two columns of one name."""


def as_derived_table(query: exp.Query, names: Sequence[str], dialect_name: str) -> exp.Query:
    """The query, changed where that changes no row, so that it can stand after FROM; `names` are those that it returns.

    Raises SqlRefused with what is in the way.
    """
    if dialect_name == "tsql":
        if query.find(exp.With):
            raise SqlRefused("SQL Server allows no WITH in a query that is counted; write it as FROM (SELECT ...) x.")
        if query.args.get("order") and not any(query.args.get(part) for part in ("limit", "offset")):
            query.set("order", None)
        _name_columns(query)
    if dialect_name in _UNIQUE_NAMES:
        repeated = [name for name, times in Counter(map(str.lower, names)).items() if times > 1]
        if repeated:
            listed = ", ".join(map(repr, repeated))
            raise SqlRefused(f"The query returns two columns of one name: {listed}. Give one another name with AS.")
    return query


def _name_columns(query: exp.Query) -> None:
    """Name the columns that have no name; the first of united queries is the one that gives names."""
    first: exp.Expr = query
    while not isinstance(first, exp.Select):
        first = first.this
    for number, column in enumerate(first.expressions, 1):
        if not column.is_star and not isinstance(column, exp.Column | exp.Alias):
            name = exp.to_identifier(f"column_{number}", quoted=True)
            column.replace(exp.Alias(this=column.copy(), alias=name))
