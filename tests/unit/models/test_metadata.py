from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dq_platform.models.metadata import Estimates, TableInfo, TableSize, TableSnapshot, table_size

KNOWN = Estimates(1000, {"email": 100})


def test_what_was_not_known_is_news() -> None:
    assert Estimates().news(KNOWN) == KNOWN


def test_about_as_much_is_no_news() -> None:
    assert KNOWN.news(Estimates(2000, {"email": 50})) == Estimates()


def test_much_more_or_less_is_news() -> None:
    assert KNOWN.news(Estimates(2001, {"email": 49, "id": 5})) == Estimates(2001, {"email": 49, "id": 5})


def test_what_was_not_found_is_no_news() -> None:
    assert KNOWN.news(Estimates()) == Estimates()


@pytest.mark.parametrize(
    ("noted", "in_bytes", "size"),
    [(7, 70, TableSize(7, 70)), (0, None, TableSize(0, None)), (None, 70, TableSize(1000, 70))],
)
def test_the_engines_own_estimate_comes_first(noted: int | None, in_bytes: int | None, size: TableSize) -> None:
    table = TableInfo("s", "t", estimated_rows=noted, size_bytes=in_bytes)
    snapshot = TableSnapshot("c", table, (), datetime(2026, 1, 1, tzinfo=UTC))
    assert table_size(snapshot, KNOWN) == size


def test_a_table_that_nobody_saw_has_the_rows_that_runs_found() -> None:
    assert table_size(None, KNOWN) == TableSize(1000)
