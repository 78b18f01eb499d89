"""The words that a sensor's template says: what to count, over which rows, and how to ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dq_platform.checks.params import CHECKED_ROWS
from dq_platform.checks.sensors.codes import code_literals
from dq_platform.checks.sensors.fragments import ColumnFragment
from dq_platform.checks.sensors.measure import Measure, MetadataMeasure, QueryMeasure, ScanMeasure
from dq_platform.checks.sensors.patterns import pattern_for
from dq_platform.checks.sensors.registry import TYPE_GROUPS
from dq_platform.connectors.dialect import Capability, Dialect, Fragment
from dq_platform.models.metadata import DataType
from dq_platform.models.values import Number


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows for which a condition holds, as a number or as a share `of` others."""

    value: str
    condition: str
    of: str = ""


class Vocabulary:
    """One rendering of one sensor; `measure` is what the template asked for, None until it did.

    `source` is the table and its condition, as FROM takes it.
    """

    def __init__(self, dialect: Dialect, source: str, keys: tuple[str, ...], column: ColumnFragment | None) -> None:
        self.measure: Measure | None = None
        self._dialect = dialect
        self._source = source
        self._keys = keys
        self._column = column

    def helpers(self) -> dict[str, object]:
        """Every word by the name that templates use."""
        names = [f"k{number}" for number in range(len(self._keys))]
        listed = ", ".join(names)
        return {
            "scan": self.scan,
            "against": self.against,
            "query": self.query,
            "imported": self.imported,
            "metadata": self.metadata,
            "count_if": self.count_if,
            "percent_if": self.percent_if,
            "share": self.share,
            "matches": self.matches,
            "any_match": self.any_match,
            "exact": self.exact,
            "exactly": self.exactly,
            "sortable": self.sortable,
            "not_all_null": self.not_all_null,
            "numbered": self.numbered,
            "words": self.words,
            "rows": self.rows,
            "over_rows": self.over_rows,
            "select_keys": Fragment("".join(f"{name}, " for name in names)),
            "group_by": Fragment(f" GROUP BY {listed}" if names else ""),
            "partition_by": Fragment(f"PARTITION BY {listed} " if names else ""),
            "codes": code_literals(self._dialect),
        }

    # What to measure

    def scan(self, value: str | Counted, expected: str = "") -> str:
        """Ask for an aggregate that one pass over the rows gives."""
        if isinstance(value, Counted):
            return self._ask(ScanMeasure(value.value, value.of, str(expected), value.condition))
        return self._ask(ScanMeasure(str(value), expected=str(expected)))  # str() of a name that is not there raises

    def against(self, value: str, reference: str) -> str:
        """Ask for an aggregate, and for the number that a SELECT of other rows returns to compare it with."""
        if Capability.SUBQUERY in self._dialect.capabilities:
            return self.scan(value, expected=f"({reference})")
        measured = f"(SELECT {value} AS value FROM {self._source}) measured"  # noqa: S608
        return self.query(f"SELECT value, ({reference}) AS expected FROM {measured}", has_expected=True)  # noqa: S608

    def query(self, select: str, *, has_expected: bool = False) -> str:
        """Ask for a SELECT of its own: keys, `value`, `expected`."""
        return self._ask(QueryMeasure(select.strip(), has_expected))

    def imported(self, select: str) -> str:
        """Ask for a SELECT of the user's that has a column `severity`."""
        return self._ask(QueryMeasure(select.strip(), imports=True))

    def metadata(self, value: Number | None) -> str:
        """Ask for nothing: the number is known."""
        return self._ask(MetadataMeasure(value))

    def _ask(self, measure: Measure) -> str:
        if self.measure is not None:
            message = "a sensor measures one number"
            raise ValueError(message)
        self.measure = measure
        return ""

    # What to count

    def count_if(self, condition: str) -> Counted:
        """Number of rows where the condition is true."""
        return Counted(self._dialect.count_if(condition), condition)

    def percent_if(self, condition: str, of: str = "") -> Counted:
        """Share of rows where the condition is true: of those with a value, unless `of` counts others."""
        return Counted(self._dialect.count_if(condition), condition, of or f"COUNT({self._column})")

    def share(self, value: str) -> Counted:
        """What an aggregate counts as a share of the values that are not NULL."""
        return Counted(value, "", f"COUNT({self._column})")

    # How to look at a value

    def matches(self, text: str, pattern: str) -> Fragment:
        return self._dialect.matches(text, pattern)

    def any_match(self, text: str, names: Sequence[str]) -> str:
        """Whether the text matches one of the named patterns."""
        return " OR ".join(self.matches(text, self._dialect.text(pattern_for(self._dialect, name))) for name in names)

    def exact(self, column: ColumnFragment) -> Fragment:
        """The column as something whose equality is the same on every engine: texts differ by any character."""
        return self._dialect.exact(column) if column.data_type is DataType.TEXT else column

    def sortable(self, column: ColumnFragment) -> Fragment:
        """The column as MIN and MAX order it alike on every engine; texts by the codes of their characters."""
        return self._dialect.sortable(column) if column.data_type in TYPE_GROUPS["text"] else column

    def exactly(self, columns: Sequence[ColumnFragment]) -> list[Fragment]:
        return [self.exact(column) for column in columns]

    def words(self, text: str) -> Fragment:
        """Number of words of a text, whatever and however much white space parts them; 0 if it is blank."""
        d = self._dialect
        blanks = text
        for white in ("\t", "\n", "\r"):
            blanks = f"REPLACE({blanks}, {d.text(white)}, ' ')"
        trimmed = d.trim(blanks)
        marked = f"REPLACE({trimmed}, ' ', {d.text(_OPEN + _CLOSE)})"
        single = f"REPLACE(REPLACE({marked}, {d.text(_CLOSE + _OPEN)}, ''), {d.text(_OPEN + _CLOSE)}, ' ')"
        packed = f"REPLACE({single}, ' ', '')"
        gaps = f"{d.length(single)} - {d.length(packed)}"
        return Fragment(f"CASE WHEN {d.trimmed_length(blanks)} = 0 THEN 0 WHEN {text} IS NOT NULL THEN {gaps} + 1 END")

    # Where to look

    def rows(self, *expressions: str) -> Fragment:
        """The table's rows as a derived table with the keys (k0, k1 …) and the expressions (c0, c1 …)."""
        selected = [f"{key} AS k{number}" for number, key in enumerate(self._keys)]
        selected += [f"{expression} AS c{number}" for number, expression in enumerate(expressions)]
        return Fragment(f"(SELECT {', '.join(selected)} FROM {self._source})")  # noqa: S608

    def over_rows(self, query: str) -> Fragment:
        """A user's query with the checked rows in their place."""
        checked = self._dialect.ident(CHECKED_ROWS)
        return Fragment(query.replace(checked, f"(SELECT * FROM {self._source})"))  # noqa: S608

    def numbered(self, expressions: Sequence[str]) -> str:
        """The names that `rows` gives its expressions."""
        return ", ".join(f"c{number}" for number in range(len(expressions)))

    def not_all_null(self, expressions: Sequence[str]) -> str:
        """Whether one of the expressions of `rows` is not NULL."""
        return "(" + " OR ".join(f"c{number} IS NOT NULL" for number in range(len(expressions))) + ")"


_OPEN, _CLOSE = "\x01", "\x02"
"""Marks that collapse runs of blanks by plain replacement, which every engine has."""
