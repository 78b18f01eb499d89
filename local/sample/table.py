"""A table in memory, column by column, with its SQL types."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

# How a missing value is written: an empty text is a value of its own.
NULL = "\\N"

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length; `types` holds one SQL type per column that PostgreSQL and DuckDB both know."""

    name: str
    types: Mapping[str, str]
    columns: Mapping[str, list[Value]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def plant(self, column: str, rows: Iterable[int], values: Sequence[Value]) -> None:
        """Overwrite the column in the given rows with the values, taken in turn."""
        target = self.columns[column]
        for row, value in zip(rows, cycle(values), strict=False):
            target[row] = value

    def repeat(self, rows: Sequence[int]) -> None:
        """Append a copy of each of the given rows."""
        for values in self.columns.values():
            values.extend([values[row] for row in rows])

    def to_csv(self) -> str:
        """Return the rows as CSV without a header; NULL is the unquoted text of `NULL`."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(zip(*self.columns.values(), strict=True))
        return text.getvalue()
