"""The words of a template for rows: the ones to look at, and the ones that the sensor objects to.

In every SELECT that these words write, the keys are called k0, k1 …, what is shown of a row s0, s1 …, and expressions
of the template's own c0, c1 ….
"""

from __future__ import annotations

from collections.abc import Sequence

from dq_platform.checks import user_sql
from dq_platform.checks.sensors.context import SensorContext
from dq_platform.connectors.dialect import Fragment

JUDGING = frozenset({"count_if", "percent_if", "occurrences", "candidates", "returned"})
"""Words with which a template says which rows it objects to."""


class RowWords:
    """The rows of one rendering: those of the context's table, or of its sample, that its condition leaves."""

    def __init__(self, context: SensorContext) -> None:
        self._dialect = context.dialect
        self._table = context.sampled or str(context.dialect.table(context.table.schema, context.table.table))
        self._where = context.where
        self._keys = _named(context.keys, "k")
        self._shown = _named(context.wanted.shown, "s")
        self._ids = context.wanted.ids

    def helpers(self) -> dict[str, object]:
        """Every word by the name that templates use."""
        listed = ", ".join(_names(self._keys))
        return {
            "rows": self.rows,
            "over_rows": self.over_rows,
            "numbered": self.numbered,
            "not_all_null": self.not_all_null,
            "select_keys": Fragment("".join(f"{name}, " for name in _names(self._keys))),
            "group_by": Fragment(f" GROUP BY {listed}" if listed else ""),
            "partition_by": Fragment(f"PARTITION BY {listed} " if listed else ""),
            "sample": self.sample,
            "candidates": self.candidates,
            "occurrences": self.occurrences,
            "returned": self.returned,
        }

    def source(self, condition: str = "") -> str:
        """The table as FROM takes it, with the condition of the context and one more."""
        conditions = [one for one in (self._where, f"({condition})" if condition else "") if one]
        return f"{self._table} WHERE {' AND '.join(conditions)}" if conditions else self._table

    # To measure

    def rows(self, *expressions: str) -> Fragment:
        """The table's rows as a derived table with the keys (k0, k1 …) and the expressions (c0, c1 …)."""
        return self._derived([*self._keys, *_named(expressions, "c")])

    def over_rows(self, query: str) -> Fragment:
        """A user's query in parentheses, with the checked rows in their place. Raises SqlRefused."""
        rows = f"SELECT * FROM {self.source()}"  # noqa: S608
        return Fragment(f"({user_sql.over_rows(query, self._dialect.sqlglot, rows)})")

    def numbered(self, expressions: Sequence[str]) -> str:
        """The names that `rows` gives its expressions."""
        return ", ".join(f"c{number}" for number in range(len(expressions)))

    def not_all_null(self, expressions: Sequence[str]) -> str:
        """Whether one of the expressions of `rows` is not NULL."""
        return "(" + " OR ".join(f"c{number} IS NOT NULL" for number in range(len(expressions))) + ")"

    # To show

    @property
    def sample(self) -> Fragment:
        """What a SELECT of offending rows selects from `candidates`."""
        return Fragment(", ".join(_names([*self._keys, *self._shown])))

    def candidates(self, *expressions: str, where: str = "") -> Fragment:
        """The table's rows, or those of them that a condition leaves, with the keys, what is shown, and expressions."""
        return self._derived([*self._keys, *self._shown, *_named(expressions, "c")], where)

    def matching(self, condition: str) -> Fragment:
        """A SELECT of the rows for which the condition is true."""
        return Fragment(f"SELECT {_aliased([*self._keys, *self._shown])} FROM {self.source(condition)}")  # noqa: S608

    def occurrences(self, place: str, expressions: Sequence[str], where: str = "") -> Fragment:
        """A SELECT of rows by how often the same values came before: `= 1` one for each, `> 1` those that repeat.

        A row with nothing but NULL is none. Which row comes first is the engine's choice.
        """
        names = self.numbered(expressions)
        own = ", ".join([*_names(self._keys), names])
        place_of = f"ROW_NUMBER() OVER (PARTITION BY {own} ORDER BY {names})"
        candidates = self.candidates(*expressions, where=where)
        placed = f"SELECT {self.sample}, {place_of} AS place FROM {candidates} checked"  # noqa: S608
        filled = self.not_all_null(expressions)
        return Fragment(f"SELECT {self.sample} FROM ({placed} WHERE {filled}) placed WHERE place {place}")  # noqa: S608

    def returned(self, query: str) -> Fragment:
        """A SELECT of the rows whose ids a user's query returns: values come from the table, never from the query."""
        ids = _named(self._ids, "c")
        same = " AND ".join(f"returned.{name} = checked.{alias}" for name, alias in ids)
        found = f"SELECT 1 AS one FROM {self.over_rows(query)} returned WHERE {same}"  # noqa: S608
        candidates = self.candidates(*self._ids)
        return Fragment(f"SELECT {self.sample} FROM {candidates} checked WHERE EXISTS ({found})")  # noqa: S608

    def _derived(self, named: Sequence[tuple[str, str]], where: str = "") -> Fragment:
        return Fragment(f"(SELECT {_aliased(named)} FROM {self.source(where)})")  # noqa: S608


def _named(expressions: Sequence[str], letter: str) -> list[tuple[str, str]]:
    return [(expression, f"{letter}{number}") for number, expression in enumerate(expressions)]


def _names(named: Sequence[tuple[str, str]]) -> list[str]:
    return [name for _, name in named]


def _aliased(named: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{expression} AS {name}" for expression, name in named)
