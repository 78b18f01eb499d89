"""Columns of many tables by few statements, each within the limit of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import ColumnInfo

Row = tuple[Any, ...]
Page = Callable[[str], Sequence[Row]]


def columns_by_table(page: Page, limit: int, column: Callable[[int, Row], ColumnInfo]) -> dict[str, list[ColumnInfo]]:
    """The columns of each table; `column` makes one of its position and its row. The rest is as in `whole_tables`."""
    return {
        table: [column(position, row) for position, row in enumerate(rows, 1)]
        for table, rows in whole_tables(page, limit)
    }


def whole_tables(page: Page, limit: int) -> Iterator[tuple[str, list[Row]]]:
    """Every table's name with its rows, from which the name has been taken.

    `page` gives at most `limit` rows of the tables behind the one that it is told, by table; a row begins with its
    table's name. What a full page says of its last table may lack something, so it is asked for again. Raises
    SourceError (TOO_MANY_ROWS) for a table that alone has as many rows as a page.
    """
    after = ""
    while True:
        rows = page(after)
        tables = [(name, [row[1:] for row in group]) for name, group in groupby(rows, itemgetter(0))]
        full = len(rows) >= limit
        if full and len(tables) == 1:
            raise SourceError(SourceProblem.TOO_MANY_ROWS, f"A table has more than the {limit} columns that are read.")
        yield from tables[:-1] if full else tables
        if not full:
            return
        after = tables[-2][0]
