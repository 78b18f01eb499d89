"""SQL that users write: read in the engine's own grammar, and written anew from what was understood.

Only what `sql_grammar` lists passes, so that no statement, sub-select, file, setting or function that acts can hide
in it. What comes back has no comments, its columns are quoted, and it has been read and checked like what a user wrote.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache, partial

from sqlglot import exp

from dq_platform.checks import sql_grammar
from dq_platform.checks.params import CHECKED_ROWS
from dq_platform.checks.sql_derived import as_derived_table
from dq_platform.checks.sql_names import QueryNames, claim_tables, with_own_columns
from dq_platform.checks.sql_nodes import check_nodes
from dq_platform.checks.sql_reading import parsed, settled, shown, written
from dq_platform.checks.user_sql import SqlRefused

_TRUE_OR_FALSE = (
    exp.Predicate,
    exp.Connector,
    exp.Escape,
    exp.ArrayContainsAll,
    exp.ArrayOverlaps,
    exp.JSONBContainsTopKey,
    exp.JSONBContainsAnyTopKeys,
    exp.JSONBContainsAllTopKeys,
)
"""Binary operators whose result is a truth value."""
_WITHOUT_TRUTH = ("tsql", "oracle")
"""Grammars in which no column is a condition by itself, whatever its type."""


def parse_condition(
    text: str, dialect_name: str, columns: Collection[str], booleans: Collection[str] | None = None
) -> str:
    """A condition on the rows of a table with these columns. Raises SqlRefused.

    `booleans` are those of them that are true or false by themselves; None: nobody knows, and the engine will tell.
    """

    def read(sql: str) -> str:
        tree = with_own_columns(_condition(sql, dialect_name), columns, dialect_name)
        if booleans is not None:
            _require_truth(tree, () if dialect_name in _WITHOUT_TRUTH else booleans)
        return written(tree, dialect_name)

    return settled(text, dialect_name, read)


def parse_aggregate(text: str, dialect_name: str, columns: Collection[str]) -> str:
    """An expression that makes one number of all rows of a table with these columns. Raises SqlRefused."""

    def read(sql: str) -> str:
        return written(with_own_columns(_aggregate(sql, dialect_name), columns, dialect_name), dialect_name)

    return settled(text, dialect_name, read)


def parse_query(text: str, dialect_name: str, columns: Collection[str], table: tuple[str, str]) -> str:
    """One SELECT that reads this table (schema and name) and no other. Raises SqlRefused.

    What comes back reads CHECKED_ROWS in its place, under the table's name, and can stand after FROM in parentheses.
    """
    if CHECKED_ROWS in text.lower():
        raise SqlRefused(f"The name {CHECKED_ROWS} is taken.")

    def read(sql: str, schema: str, name: str) -> str:
        tree = _query(sql, dialect_name)
        _refuse_name(tree, "" if name == CHECKED_ROWS else name)
        claim_tables(tree, schema, name)
        names = QueryNames(columns, dialect_name)
        names.resolve(tree)
        return written(as_derived_table(tree, names.returned(tree), dialect_name), dialect_name)

    again = partial(read, schema="", name=CHECKED_ROWS)
    return settled(text, dialect_name, partial(read, schema=table[0], name=table[1]), again)


def over_rows(query: str, dialect_name: str, rows: str) -> str:
    """A query from `parse_query` with `rows`, a SELECT, in the place of CHECKED_ROWS. Raises SqlRefused.

    It may have been stored when other queries were accepted, and is checked anew.
    """
    tree = _stored_query(query, dialect_name).copy()
    for table in list(tree.find_all(exp.Table)):
        if table.name == CHECKED_ROWS:
            table.replace(exp.Table(this=exp.Var(this=f"({rows})"), alias=table.args.get("alias")))
    return written(tree, dialect_name)


def returned_columns(query: str, dialect_name: str) -> frozenset[str] | None:
    """The names, in lower case, of the columns that a query from `parse_query` returns; None if `*` is among them."""
    tree = parsed(query, dialect_name, exp.Select)
    names = frozenset(name.lower() for name in tree.named_selects) if isinstance(tree, exp.Query) else frozenset()
    return None if "*" in names else names


# Reading


def _condition(text: str, dialect_name: str) -> exp.Expr:
    tree = parsed(text, dialect_name, exp.Condition)
    if isinstance(tree, exp.Literal | exp.Null | exp.Interval) or _is_arithmetic(tree):
        raise SqlRefused("The SQL is a value, not a condition that is true or false.")
    for node in tree.find_all(exp.AggFunc):
        raise SqlRefused(f"{shown(node, dialect_name)} is an aggregate; a condition looks at one row.")
    check_nodes(tree, sql_grammar.CONDITION, "a condition", dialect_name, text)
    return tree


def _aggregate(text: str, dialect_name: str) -> exp.Expr:
    tree = parsed(text, dialect_name, exp.Condition)
    check_nodes(tree, sql_grammar.AGGREGATE, "an aggregate expression", dialect_name, text)
    if not tree.find(exp.AggFunc):
        raise SqlRefused("The expression has no aggregate function such as SUM(...) or COUNT(*).")
    for column in tree.find_all(exp.Column):
        if not _is_aggregated(column):
            raise SqlRefused(f"The column {column.name!r} stands outside every aggregate function.")
    for node in tree.find_all(exp.AggFunc):
        if _is_aggregated(node):
            raise SqlRefused(f"{shown(node, dialect_name)} is an aggregate inside another.")
    return tree


def _query(text: str, dialect_name: str) -> exp.Query:
    tree = parsed(text, dialect_name, exp.Select)
    if not isinstance(tree, exp.Query) or isinstance(tree, exp.Subquery):
        raise SqlRefused("A query is one SELECT, and nothing else.")
    check_nodes(tree, sql_grammar.QUERY, "a query", dialect_name, text)
    if any(clause.recursive for clause in tree.find_all(exp.With)):
        raise SqlRefused("Recursive queries are not allowed.")
    return tree


@lru_cache(maxsize=1024)
def _stored_query(text: str, dialect_name: str) -> exp.Query:
    def read(sql: str) -> str:
        tree = _query(sql, dialect_name)
        _refuse_name(tree, "")
        claim_tables(tree, "", CHECKED_ROWS)
        return written(tree, dialect_name)

    return _query(settled(text, dialect_name, read), dialect_name)


def _refuse_name(tree: exp.Expr, table: str) -> None:
    """Let nothing be called CHECKED_ROWS; once the query reads them, `table` is empty, and tables may be."""
    for node in tree.find_all(exp.Identifier):
        if node.name.lower() == CHECKED_ROWS and (table or not isinstance(node.parent, exp.Table)):
            raise SqlRefused(f"The name {CHECKED_ROWS} is taken.")


# Truth and aggregates


def _is_arithmetic(node: exp.Expr) -> bool:
    return isinstance(node, exp.Binary) and not isinstance(node, _TRUE_OR_FALSE)


def _require_truth(node: exp.Expr, booleans: Collection[str]) -> None:
    """Refuse a column that stands where a condition is due and is not one by itself."""
    node = node.unnest()
    if isinstance(node, exp.Connector):
        _require_truth(node.left, booleans)
        _require_truth(node.right, booleans)
    elif isinstance(node, exp.Not):
        _require_truth(node.this, booleans)
    elif isinstance(node, exp.Column) and node.name not in booleans:
        name = node.name
        raise SqlRefused(f"The column {name!r} is not true or false by itself; compare it, as in {name} = 1.")


def _is_aggregated(node: exp.Expr) -> bool:
    parent = node.parent
    while parent is not None and not isinstance(parent, exp.AggFunc | exp.WithinGroup | exp.Filter):
        parent = parent.parent
    return parent is not None and not (isinstance(node, exp.AggFunc) and not isinstance(parent, exp.AggFunc))
