"""Queries of users that bring the severity along."""

from __future__ import annotations

from collections.abc import Collection

import sqlglot
from sqlglot import exp

from dq_platform.checks.sql_text import parse_query
from dq_platform.checks.user_sql import ACTUAL, EXPECTED, SEVERITY, SqlRefused
from dq_platform.models.check import Target


def parse_severity_query(text: str, dialect_name: str, columns: Collection[str], target: Target) -> str:
    """One SELECT that reads the checked table and no other, and returns a column `severity`. Raises SqlRefused.

    For a check of a column it must look at that column. Which columns `*` stands for is seen when it runs.
    """
    query = parse_query(text, dialect_name, columns, (target.schema_name, target.table_name))
    tree = sqlglot.parse_one(query, read=dialect_name, into=exp.Select)
    names = [name.lower() for name in tree.named_selects]
    for name in (SEVERITY, ACTUAL, EXPECTED):
        if names.count(name) > 1:
            raise SqlRefused(f"The query returns {name!r} {names.count(name)} times.")
    if SEVERITY not in names and "*" not in names:
        raise SqlRefused(f"The query must return a column {SEVERITY!r}, 0 to 3; it returns {', '.join(names)}.")
    if target.column_name and target.column_name not in {column.name for column in tree.find_all(exp.Column)}:
        raise SqlRefused(f"The query must look at the checked column {target.column_name!r}.")
    return query
