"""Queries of users as engines take them after FROM, in parentheses: not every SELECT can stand there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlglot import exp

from dq_platform.checks.sql_names import cte_of
from dq_platform.checks.user_sql import SqlRefused

MAX_READ = 13
"""One more than a query for SQL Server may read of its common table expressions, each of which is written out."""

_UNIQUE_NAMES = ("tsql", "mysql")
"""Grammars in which a derived table cannot have two columns of one name."""


def as_derived_table(query: exp.Query, names: Sequence[str], dialect_name: str) -> exp.Query:
    """The query, changed where that changes no row, so that it can stand after FROM; `names` are those that it returns.

    Raises SqlRefused with what is in the way.
    """
    if dialect_name == "tsql":
        _inline(query)
        if query.args.get("order") and not any(query.args.get(part) for part in ("limit", "offset")):
            query.set("order", None)
        _name_columns(query)
    if dialect_name in _UNIQUE_NAMES:
        repeated = [name for name, times in Counter(map(str.lower, names)).items() if times > 1]
        if repeated:
            listed = ", ".join(map(repr, repeated))
            raise SqlRefused(f"The query returns two columns of one name: {listed}. Give one another name with AS.")
    return query


def _inline(query: exp.Query) -> None:
    """Write every common table expression where it is read, those first that read no other."""
    for _ in range(MAX_READ):
        reading = [table for table in query.find_all(exp.Table) if cte_of(table)]
        if not reading:
            break
        for table in reading:
            cte = cte_of(table)
            if cte is not None and not any(map(cte_of, cte.find_all(exp.Table))):
                table.replace(exp.Subquery(this=cte.this.copy(), alias=_alias(table, cte)))
                break
    else:
        raise SqlRefused(
            f"SQL Server takes no WITH here: the query may read at most {MAX_READ - 1} times what it names."
        )
    for clause in list(query.find_all(exp.With)):
        clause.pop()


def _alias(table: exp.Table, cte: exp.CTE) -> exp.TableAlias:
    """What a table that stands for a common table expression is called, and its columns."""
    own, given = table.args.get("alias"), cte.args["alias"]
    columns = own.columns if own and own.columns else given.columns
    return exp.TableAlias(this=(own or given).this.copy(), columns=[column.copy() for column in columns])


def _name_columns(query: exp.Query) -> None:
    """Name the columns that have no name; the first of united queries is the one that gives names."""
    first: exp.Expr = query
    while not isinstance(first, exp.Select):
        first = first.this
    for number, column in enumerate(first.expressions, 1):
        if not column.is_star and not isinstance(column, exp.Column | exp.Alias):
            name = exp.to_identifier(f"column_{number}", quoted=True)
            column.replace(exp.Alias(this=column.copy(), alias=name))
