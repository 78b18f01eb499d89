"""SQL that users write, as the rest of the core reads it.

sqlglot, which does it, takes ten megabytes and a tenth of a second of CPU. Most processes never see such SQL, and load
it with the first that comes.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from types import ModuleType

from dq_platform.models.check import Target

MAX_LENGTH = 10_000
"""How many characters SQL may have."""
SEVERITY, ACTUAL, EXPECTED = "severity", "actual_value", "expected_value"
"""The column that a query which brings the severity along must return, and two that it may."""


class SqlRefused(ValueError):
    """Why the SQL cannot be used, as a sentence for whoever wrote it."""


def parse_condition(
    text: str, dialect_name: str, columns: Collection[str], booleans: Collection[str] | None = None
) -> str:
    """A condition on the rows of a table with these columns. Raises SqlRefused.

    `booleans` are those of them that are true or false by themselves; None: nobody knows, and the engine will tell.
    """
    condition: str = _reader().parse_condition(text, dialect_name, columns, booleans)
    return condition


def parse_aggregate(text: str, dialect_name: str, columns: Collection[str]) -> str:
    """An expression that makes one number of all rows of a table with these columns. Raises SqlRefused."""
    expression: str = _reader().parse_aggregate(text, dialect_name, columns)
    return expression


def parse_query(text: str, dialect_name: str, columns: Collection[str], table: tuple[str, str]) -> str:
    """One SELECT that reads this table (schema and name) and no other. Raises SqlRefused.

    What comes back reads CHECKED_ROWS in its place, under the table's name, and can stand after FROM in parentheses.
    """
    query: str = _reader().parse_query(text, dialect_name, columns, table)
    return query


def parse_severity_query(text: str, dialect_name: str, columns: Collection[str], target: Target) -> str:
    """One SELECT that reads the checked table and no other, and returns a column `severity`. Raises SqlRefused.

    For a check of a column it must look at that column. Which columns `*` stands for is seen when it runs.
    """
    query: str = import_module("dq_platform.checks.severity_query").parse_severity_query(
        text, dialect_name, columns, target
    )
    return query


def over_rows(query: str, dialect_name: str, rows: str) -> str:
    """A query from `parse_query` with `rows`, a SELECT, in the place of CHECKED_ROWS. Raises SqlRefused."""
    found: str = _reader().over_rows(query, dialect_name, rows)
    return found


def returned_columns(query: str, dialect_name: str) -> frozenset[str] | None:
    """The names, in lower case, of the columns that a query from `parse_query` returns; None if `*` is among them."""
    names: frozenset[str] | None = _reader().returned_columns(query, dialect_name)
    return names


def _reader() -> ModuleType:
    return import_module("dq_platform.checks.sql_text")
