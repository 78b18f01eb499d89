"""SQL that users write: read in the engine's own grammar, and written anew from what was understood.

Only what `sql_grammar` lists passes, so that no statement, sub-select, file, setting or function that acts can hide
in it. What comes back has no comments, and its columns are quoted.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlglot import TokenType, exp
from sqlglot.dialects.dialect import Dialect as Grammar
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.generator import Generator
from sqlglot.generators.mysql import MySQLGenerator

from dq_platform.checks import sql_grammar
from dq_platform.checks.params import CHECKED_ROWS
from dq_platform.spelling import did_you_mean

MAX_LENGTH = 10_000
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


class SqlRefused(ValueError):
    """Why the SQL cannot be used, as a sentence for whoever wrote it."""


@contextmanager
def _readable(text: str, dialect_name: str) -> Iterator[None]:
    """What the parser cannot read, or not without running out of stack, is refused like everything else."""
    try:
        _check_tokens(text, dialect_name)
        yield
    except (SqlglotError, RecursionError) as error:
        message = "The SQL cannot be read: it must be one complete expression in the source's own SQL."
        raise SqlRefused(message) from error


def parse_condition(
    text: str, dialect_name: str, columns: Collection[str], booleans: Collection[str] | None = None
) -> str:
    """A condition on the rows of a table with these columns. Raises SqlRefused.

    `booleans` are those of them that are true or false by themselves; None: nobody knows, and the engine will tell.
    """
    with _readable(text, dialect_name):
        tree = _parsed(text, dialect_name, exp.Condition)
        if isinstance(tree, exp.Literal | exp.Null | exp.Interval) or _is_arithmetic(tree):
            raise SqlRefused("The SQL is a value, not a condition that is true or false.")
        for node in tree.find_all(exp.AggFunc):
            raise SqlRefused(f"{_shown(node, dialect_name)} is an aggregate; a condition looks at one row.")
        _check_nodes(tree, sql_grammar.CONDITION, "a condition", dialect_name)
        tree = _with_own_columns(tree, columns, dialect_name)
        if booleans is not None:
            _require_truth(tree, () if dialect_name in _WITHOUT_TRUTH else booleans)
        return _sql(tree, dialect_name)


def parse_aggregate(text: str, dialect_name: str, columns: Collection[str]) -> str:
    """An expression that makes one number of all rows of a table with these columns. Raises SqlRefused."""
    with _readable(text, dialect_name):
        tree = _parsed(text, dialect_name, exp.Condition)
        _check_nodes(tree, sql_grammar.AGGREGATE, "an aggregate expression", dialect_name)
        if not tree.find(exp.AggFunc):
            raise SqlRefused("The expression has no aggregate function such as SUM(...) or COUNT(*).")
        for column in tree.find_all(exp.Column):
            if not _is_aggregated(column):
                raise SqlRefused(f"The column {column.name!r} stands outside every aggregate function.")
        for node in tree.find_all(exp.AggFunc):
            if _is_aggregated(node):
                raise SqlRefused(f"{_shown(node, dialect_name)} is an aggregate inside another.")
        return _sql(_with_own_columns(tree, columns, dialect_name), dialect_name)


def parse_query(text: str, dialect_name: str, columns: Collection[str], table: tuple[str, str]) -> str:
    """One SELECT that reads this table (schema and name) and no other. Raises SqlRefused.

    What comes back reads CHECKED_ROWS in its place, under the table's name.
    """
    with _readable(text, dialect_name):
        if CHECKED_ROWS in text.lower():
            raise SqlRefused(f"The name {CHECKED_ROWS} is taken.")
        tree = _parsed(text, dialect_name, exp.Select)
        if not isinstance(tree, exp.Query) or isinstance(tree, exp.Subquery):
            raise SqlRefused("A query is one SELECT, and nothing else.")
        _check_nodes(tree, sql_grammar.QUERY, "a query", dialect_name)
        if any(clause.recursive for clause in tree.find_all(exp.With)):
            raise SqlRefused("Recursive queries are not allowed.")
        tree = _with_known_columns(tree, columns, table[1], dialect_name)
        for node in list(tree.find_all(exp.Table)):
            _claim_table(node, *table)
        return _sql(tree, dialect_name)


def returned_columns(query: str, dialect_name: str) -> frozenset[str] | None:
    """The names, in lower case, of the columns that a query from `parse_query` returns; None if `*` is among them."""
    tree = _parsed(query, dialect_name, exp.Select)
    names = frozenset(name.lower() for name in tree.named_selects) if isinstance(tree, exp.Query) else frozenset()
    return None if "*" in names else names


# Reading


def _parsed(text: str, dialect_name: str, kind: type[exp.Expr]) -> exp.Expr:
    trees = Grammar.get_or_raise(dialect_name).parse_into(kind, text)
    if len(trees) != 1 or trees[0] is None:
        raise SqlRefused("The SQL must be one statement or expression.")
    return trees[0]


def _check_tokens(text: str, dialect_name: str) -> None:
    if "\x00" in text:
        raise SqlRefused("The SQL must not contain NUL characters.")
    if len(text) > MAX_LENGTH:
        raise SqlRefused(f"The SQL must have at most {MAX_LENGTH} characters, not {len(text)}.")
    tokens = Grammar.get_or_raise(dialect_name).tokenize(text)
    if not tokens:
        raise SqlRefused("The SQL is empty.")
    if any(token.comments for token in tokens):
        raise SqlRefused("Comments are not allowed in the SQL.")
    kinds = {token.token_type for token in tokens}
    if TokenType.SEMICOLON in kinds:
        raise SqlRefused("The SQL holds a semicolon; it must be one statement or expression, without one.")
    if dialect_name == "duckdb" and any(token.text == "~" for token in tokens):
        raise SqlRefused("Write regexp_matches(text, pattern) instead of ~, which matches whole texts in DuckDB.")


# Checking


def _check_nodes(tree: exp.Expr, allowed: Collection[type[exp.Expr]], what: str, dialect_name: str) -> None:
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            _check_function(node)
        elif isinstance(node, exp.DataType):
            _check_type(node, dialect_name)
        elif type(node) not in allowed:
            raise SqlRefused(f"{_shown(node, dialect_name)} is not allowed in {what}.")


def _check_function(node: exp.Anonymous) -> None:
    if node.name.lower() not in sql_grammar.FUNCTION_NAMES:
        raise SqlRefused(f"The function {node.name!r} is not allowed.")


def _check_type(node: exp.DataType, dialect_name: str) -> None:
    if node.this not in sql_grammar.TYPES:
        raise SqlRefused(f"The type {_sql(node, dialect_name)} is not allowed.")


def _claim_table(node: exp.Table, schema: str, table: str) -> None:
    """Let the query read its own common table expressions, and the checked rows as the checked table."""
    named = isinstance(node.this, exp.Identifier) and not node.args.get("catalog")
    if named and not node.db and (node.name, node.this.quoted) in set(_visible_ctes(node)):
        return
    if not named or node.name.lower() != table.lower() or node.db.lower() not in ("", schema.lower()):
        raise SqlRefused(f"The query may read only the checked table {table!r}, not {node.name!r}.")
    node.set("db", None)
    node.set("this", exp.to_identifier(CHECKED_ROWS, quoted=True))
    if not node.alias:
        node.set("alias", exp.TableAlias(this=exp.to_identifier(table, quoted=True)))


def _visible_ctes(node: exp.Expr) -> Iterator[tuple[str, bool]]:
    """Names, and whether quoted, of the common table expressions that are defined where the node stands."""
    child, parent = node, node.parent
    while parent is not None:
        if isinstance(parent, exp.With):
            yield from (_cte_name(cte) for cte in _before(child, parent.expressions))
        elif isinstance(parent, exp.Query) and not isinstance(child, exp.With):
            yield from (_cte_name(cte) for cte in parent.ctes)
        child, parent = parent, parent.parent


def _before(node: exp.Expr, nodes: list[exp.Expr]) -> Iterator[exp.CTE]:
    yield from itertools.takewhile(lambda other: other is not node, nodes)


def _cte_name(cte: exp.CTE) -> tuple[str, bool]:
    return cte.alias, bool(cte.args["alias"].this.quoted)


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


# Columns


def _with_own_columns(tree: exp.Expr, columns: Collection[str], dialect_name: str) -> exp.Expr:
    """The tree with every column quoted as the table spells it."""
    for column in list(tree.find_all(exp.Column)):
        if column.table:
            raise SqlRefused(f"Write the column {column.name!r} without {column.table!r} before it.")
        _quote(column, _resolved(column, columns, dialect_name))
    return tree


def _with_known_columns(tree: exp.Expr, columns: Collection[str], table: str, dialect_name: str) -> exp.Expr:
    """The tree with the table and its columns quoted; names that the query itself gives stay as they are."""
    given = set(_given_names(tree))
    for column in list(tree.find_all(exp.Column)):
        if column.args.get("db"):
            raise SqlRefused(f"Write the column {column.name!r} without a schema before it.")
        if column.table.lower() == table.lower() and column.table.lower() not in given:
            column.set("table", exp.to_identifier(table, quoted=True))
        if not isinstance(column.this, exp.Star) and column.name.lower() not in given:
            _quote(column, _resolved(column, columns, dialect_name))
    return tree


def _given_names(tree: exp.Expr) -> Iterator[str]:
    yield from (alias.alias.lower() for alias in tree.find_all(exp.Alias))
    for alias in tree.find_all(exp.TableAlias):
        yield alias.name.lower()
        yield from (column.name.lower() for column in alias.columns)


def _quote(column: exp.Column, name: str) -> None:
    column.set("this", exp.to_identifier(name, quoted=True))


def _resolved(column: exp.Column, columns: Collection[str], dialect_name: str) -> str:
    """The table's column that the engine would take, or the only one whose letters are the same."""
    name = column.name
    folded = name.lower() if dialect_name == "postgres" and not column.this.quoted else name
    if folded in columns or name in columns:
        return folded if folded in columns else name
    same = [known for known in columns if known.lower() == name.lower()]
    if len(same) == 1:
        return same[0]
    hint = did_you_mean(name, columns) or f"; its columns are {', '.join(map(repr, columns))}."
    raise SqlRefused(f"The table has no column {name!r}{hint}")


# Writing


def _sql(node: exp.Expr, dialect_name: str) -> str:
    text: str = node.sql(_WRITERS.get(dialect_name, dialect_name), comments=False, unsupported_level=ErrorLevel.IGNORE)
    return text


def _shown(node: exp.Expr, dialect_name: str) -> str:
    text = _sql(node, dialect_name)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _text_in_json(writer: Generator, node: exp.JSONExtractScalar) -> str:
    return writer.func("JSON_UNQUOTE", writer.func("JSON_EXTRACT", node.this, node.expression))


def _regexp(writer: Generator, node: exp.RegexpLike) -> str:
    return str(writer.binary(node, "REGEXP"))


class _PlainMySQL(MySQL):
    """MySQL as MariaDB speaks it too, which has REGEXP and no REGEXP_LIKE(), JSON_UNQUOTE() and no ->>."""

    class Generator(MySQLGenerator):
        TRANSFORMS = MySQLGenerator.TRANSFORMS | {exp.RegexpLike: _regexp, exp.JSONExtractScalar: _text_in_json}


_WRITERS = {"mysql": _PlainMySQL}
