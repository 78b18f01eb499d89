"""What a tree that was read from a user's SQL may consist of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from sqlglot import exp

from dq_platform.checks import sql_grammar
from dq_platform.checks.sql_reading import shown
from dq_platform.checks.user_sql import SqlRefused

_WORD = re.compile(r"\w+\Z")


def check_nodes(tree: exp.Expr, allowed: Collection[type[exp.Expr]], what: str, dialect_name: str, text: str) -> None:
    """Refuse every node that is not of the allowed classes, functions, types and units; `text` is what was read."""
    for node in tree.walk():
        if isinstance(node, exp.Anonymous):
            _check_function(node)
        elif isinstance(node, exp.DataType):
            _check_type(node, dialect_name)
        elif type(node) not in allowed:
            raise SqlRefused(f"{_named(node, dialect_name, text)} is not allowed in {what}.")
        for bare in _printed_bare(node):
            if not _WORD.match(bare.name):
                raise SqlRefused(f"A unit or a collation is one word, not {bare.name[:60]!r}.")


def _named(node: exp.Expr, dialect_name: str, text: str) -> str:
    """The node as its author knows it, or else as it was understood."""
    words = shown(node, dialect_name)
    known = all(word in text.lower() for word in re.findall(r"\w+", words.lower())[:1])
    return words if known else f"What was read as {words}"


def _printed_bare(node: exp.Expr) -> Iterator[exp.Expr]:
    """Names and texts that are written without quotes around them."""
    if isinstance(node, exp.Var):
        yield node
    places = [node.args.get("unit")]
    if isinstance(node, exp.Extract):
        places.append(node.this)
    elif isinstance(node, exp.Collate):
        places.append(node.expression)
    yield from (place for place in places if isinstance(place, exp.Literal))


def _check_function(node: exp.Anonymous) -> None:
    if node.name.lower() not in sql_grammar.FUNCTION_NAMES:
        raise SqlRefused(f"The function {node.name!r} is not allowed.")


def _check_type(node: exp.DataType, dialect_name: str) -> None:
    if node.this not in sql_grammar.TYPES:
        raise SqlRefused(f"The type {shown(node, dialect_name)} is not allowed.")
