"""SQL in an engine's own grammar, read into a tree and written anew from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlglot import TokenType, exp
from sqlglot.dialects.dialect import Dialect as Grammar
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import ErrorLevel, SqlglotError, UnsupportedError
from sqlglot.generator import Generator
from sqlglot.generators.mysql import MySQLGenerator

from dq_platform.checks.user_sql import MAX_LENGTH, SqlRefused

_BROKEN = (SqlglotError, RecursionError, IndexError, KeyError, ValueError, TypeError, AttributeError)
"""What the parser and the writer raise for SQL that they did not foresee."""


@contextmanager
def _refusing(message: str) -> Iterator[None]:
    """What cannot be read or written, or not without running out of stack, is refused like everything else."""
    try:
        yield
    except SqlRefused:
        raise
    except UnsupportedError as error:
        text = f"The SQL cannot be written in the source's own SQL: {error}."
        raise SqlRefused(text) from error
    except _BROKEN as error:
        raise SqlRefused(message) from error


def settled(text: str, dialect_name: str, read: Callable[[str], str], again: Callable[[str], str] | None = None) -> str:
    """What `read` makes of the text, if `again` (by default `read` too) makes the very same of that. Raises SqlRefused.

    A writer may print what was a text as part of the statement. What it wrote is therefore read like what a user
    wrote, and is used only if nothing else is seen in it.
    """
    with _refusing("The SQL cannot be read: it must be one complete expression in the source's own SQL."):
        if len(text) > MAX_LENGTH:
            raise SqlRefused(f"The SQL must have at most {MAX_LENGTH} characters, not {len(text)}.")
        _check_tokens(text, dialect_name)
        result = read(text)
    changed = "The SQL would not reach the source as it is meant; write it in another way."
    try:
        with _refusing(changed):
            _check_tokens(result, dialect_name)
            same = (again or read)(result) == result
    except SqlRefused as error:
        raise SqlRefused(changed) from error
    if not same:
        raise SqlRefused(changed)
    return result


def parsed(text: str, dialect_name: str, kind: type[exp.Expr]) -> exp.Expr:
    trees = Grammar.get_or_raise(dialect_name).parse_into(kind, text)
    if len(trees) != 1 or trees[0] is None:
        raise SqlRefused("The SQL must be one statement or expression.")
    return trees[0]


def written(node: exp.Expr, dialect_name: str) -> str:
    """The node's SQL. Raises UnsupportedError rather than to leave out what the engine cannot say."""
    return _sql(node, dialect_name, ErrorLevel.RAISE)


def shown(node: exp.Expr, dialect_name: str) -> str:
    """The node's SQL, for a message."""
    text = _sql(node, dialect_name, ErrorLevel.IGNORE)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _check_tokens(text: str, dialect_name: str) -> None:
    if "\x00" in text:
        raise SqlRefused("The SQL must not contain NUL characters.")
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


def _sql(node: exp.Expr, dialect_name: str, unsupported: ErrorLevel) -> str:
    text: str = node.sql(_WRITERS.get(dialect_name, dialect_name), comments=False, unsupported_level=unsupported)
    return text


def _text_in_json(writer: Generator, node: exp.JSONExtractScalar) -> str:
    return writer.func("JSON_UNQUOTE", writer.func("JSON_EXTRACT", node.this, node.expression))


def _regexp(writer: Generator, node: exp.RegexpLike) -> str:
    if node.args.get("flag"):
        writer.unsupported("REGEXP_LIKE takes no flags here; begin the pattern with (?i) or (?-i)")
    return str(writer.binary(node, "REGEXP"))


class _PlainMySQL(MySQL):
    """MySQL as MariaDB speaks it too, which has REGEXP and no REGEXP_LIKE(), JSON_UNQUOTE() and no ->>."""

    class Generator(MySQLGenerator):
        TRANSFORMS = MySQLGenerator.TRANSFORMS | {exp.RegexpLike: _regexp, exp.JSONExtractScalar: _text_in_json}


_WRITERS = {"mysql": _PlainMySQL}
