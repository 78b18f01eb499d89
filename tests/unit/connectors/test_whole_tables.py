from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_platform.connectors.whole_tables import whole_tables
from dq_platform.errors import SourceError, SourceProblem

TABLES = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(1, 6), max_size=12)


@given(tables=TABLES, limit=st.integers(7, 12))
def test_every_table_comes_once_and_whole_whatever_a_page_holds(tables: dict[str, int], limit: int) -> None:
    rows = [(name, number) for name in sorted(tables) for number in range(tables[name])]

    def page(after: str) -> list[tuple[str, int]]:
        return [row for row in rows if row[0] > after][:limit]

    found = list(whole_tables(page, limit))
    assert [(name, len(own)) for name, own in found] == sorted(tables.items())
    assert all(own == [(number,) for number in range(tables[name])] for name, own in found)


def test_a_page_that_holds_all_is_asked_for_once() -> None:
    calls = count(1)

    def page(after: str) -> list[tuple[str, int]]:
        assert next(calls) == 1
        return [("a", 1), ("b", 1)]

    assert list(whole_tables(page, 3)) == [("a", [(1,)]), ("b", [(1,)])]


def test_a_table_that_no_page_can_hold_is_an_error() -> None:
    with pytest.raises(SourceError) as caught:
        list(whole_tables(lambda _: [("a", 1), ("a", 2)], 2))
    assert caught.value.problem is SourceProblem.TOO_MANY_ROWS
