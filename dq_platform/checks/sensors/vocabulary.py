"""The words that a sensor's template says: what to count, over which rows, and how to ask for it."""

from __future__ import annotations

from collections.abc import Sequence

from dq_platform.checks.sensors.aggregates import AggregateWords, Counted, aggregate
from dq_platform.checks.sensors.codes import code_literals
from dq_platform.checks.sensors.context import SensorContext
from dq_platform.checks.sensors.fragments import ColumnFragment
from dq_platform.checks.sensors.measure import Aggregate, Measure, MetadataMeasure, QueryMeasure, ScanMeasure
from dq_platform.checks.sensors.patterns import pattern_for
from dq_platform.checks.sensors.registry import TYPE_GROUPS
from dq_platform.checks.sensors.rows import RowWords
from dq_platform.connectors.dialect import Capability, Fragment
from dq_platform.models.metadata import DataType
from dq_platform.models.values import Number


class Vocabulary:
    """One rendering of one sensor: `measure` is what the template asked for, None until it did.

    `offending` is a SELECT of the rows that the sensor objects to, empty if it judges no single rows. `column_alone`:
    nothing but the column decides what is measured.
    """

    def __init__(self, context: SensorContext, column: ColumnFragment | None, *, column_alone: bool) -> None:
        self.measure: Measure | None = None
        self.offending = ""
        self._dialect = context.dialect
        self._rows = RowWords(context)
        self._aggregates = AggregateWords(context.dialect, column or "")
        self._column_alone = column_alone
        self._sampled = bool(context.sampled)
        self._counts_rows = False

    def helpers(self) -> dict[str, object]:
        """Every word by the name that templates use."""
        return (
            self._rows.helpers()
            | self._aggregates.helpers()
            | {
                "scan": self.scan,
                "against": self.against,
                "query": self.query,
                "rows_read": self.rows_read,
                "imported": self.imported,
                "metadata": self.metadata,
                "any_match": self.any_match,
                "exact": self.exact,
                "exactly": self.exactly,
                "sortable": self.sortable,
                "words": self.words,
                "codes": code_literals(self._dialect),
            }
        )

    # What to measure

    def scan(self, value: str | Aggregate | Counted, expected: str = "", offending: str = "") -> str:
        """Ask for an aggregate that one pass over the rows gives. `offending` is a SELECT of the rows to object to."""
        if isinstance(value, Counted):
            found = offending or (self._rows.matching(value.offending) if value.offending else "")
            return self._ask(self._scanned(value.value, value.of, str(expected)), found)
        return self._ask(self._scanned(aggregate(value), None, str(expected)), offending)

    def _scanned(self, value: Aggregate, of: Aggregate | None, expected: str) -> ScanMeasure:
        by_value = None
        if self._column_alone and value.by_value and (of is None or of.by_value):
            by_value = ScanMeasure(value.by_value, of.by_value if of else "", expected)
        return ScanMeasure(str(value), str(of or ""), expected, by_value, self._aggregates.effort)

    def against(self, value: str, reference: str) -> str:
        """Ask for an aggregate, and for the number that a SELECT of other rows returns to compare it with."""
        if Capability.SUBQUERY in self._dialect.capabilities:
            return self.scan(value, expected=f"({reference})")
        measured = f"(SELECT {value} AS value FROM {self._rows.source()}) measured"  # noqa: S608
        return self.query(f"SELECT value, ({reference}) AS expected FROM {measured}", has_expected=True)  # noqa: S608

    def query(self, select: str, *, has_expected: bool = False, offending: str = "") -> str:
        """Ask for a SELECT of its own: keys, `value`, `expected`, `rows_read`. `offending` is one of bad rows."""
        if self._sampled and not self._counts_rows:
            message = "what measures a sample must select rows_read()"
            raise ValueError(message)
        return self._ask(QueryMeasure(select.strip(), has_expected, has_rows=self._sampled), offending)

    def rows_read(self) -> Fragment:
        """The last column of a SELECT whose rows are those of the table: how many a sample had; otherwise nothing."""
        self._counts_rows = True
        return Fragment(f", {self._dialect.count()} AS rows_read" if self._sampled else "")

    def imported(self, select: str) -> str:
        """Ask for a SELECT of the user's that has a column `severity`."""
        return self._ask(QueryMeasure(select.strip(), imports=True))

    def metadata(self, value: Number | None) -> str:
        """Ask for nothing: the number is known."""
        return self._ask(MetadataMeasure(value))

    def _ask(self, measure: Measure, offending: str = "") -> str:
        if self.measure is not None:
            message = "a sensor measures one number"
            raise ValueError(message)
        self.measure, self.offending = measure, str(offending).strip()
        return ""

    # How to look at a value

    def any_match(self, text: str, names: Sequence[str]) -> str:
        """Whether the text matches one of the named patterns."""
        return " OR ".join(
            self._aggregates.matches(text, self._dialect.text(pattern_for(self._dialect, name))) for name in names
        )

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


_OPEN, _CLOSE = "\x01", "\x02"
"""Marks that collapse runs of blanks by plain replacement, which every engine has."""
