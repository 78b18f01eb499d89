from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dq_platform.adapters.sql.report_windows import Piece, Window, pieces
from dq_platform.adapters.sql.rollups import DAILY, TABLE_DAILY, TABLE_MONTHLY

SECOND = timedelta(seconds=1)
moments = st.datetimes(datetime(2025, 11, 1), datetime(2026, 4, 1), timezones=st.just(UTC))  # noqa: DTZ001
days = moments.map(lambda moment: moment.replace(hour=0, minute=0, second=0, microsecond=0))
edges = st.none() | moments | days | days.map(lambda day: day.replace(day=1))


def holds(piece: Piece, moment: datetime) -> bool:
    start, end = piece.window.start, piece.window.end
    return (start is None or start <= moment) and (end is None or moment < end)


@given(edges, edges, moments)
def test_every_moment_of_a_window_is_in_exactly_one_piece(
    start: datetime | None, end: datetime | None, moment: datetime
) -> None:
    window = Window(start, end)
    found = pieces(window, (TABLE_DAILY, TABLE_MONTHLY))
    near = [moment, *(edge + off for edge in (start, end) if edge for off in (-SECOND, 0 * SECOND))]
    for one in near:
        assert sum(holds(piece, one) for piece in found) == holds(Piece(None, window), one), found


@given(edges, edges)
def test_sums_answer_for_whole_days_and_months_only(start: datetime | None, end: datetime | None) -> None:
    for piece in pieces(Window(start, end), (TABLE_DAILY, TABLE_MONTHLY)):
        for edge in (piece.window.start, piece.window.end):
            if piece.rollup is not None and edge is not None:
                assert edge.hour == edge.minute == edge.second == edge.microsecond == 0
                assert piece.rollup is not TABLE_MONTHLY or edge.day == 1


def test_results_are_read_for_less_than_two_days_of_a_long_window() -> None:
    start, end = datetime(2025, 3, 4, 5, tzinfo=UTC), datetime(2026, 3, 9, 10, tzinfo=UTC)
    found = pieces(Window(start, end), (TABLE_DAILY, TABLE_MONTHLY))
    assert [(piece.rollup.table.name if piece.rollup else "") for piece in found] == [
        *("", ""),
        *("table_results_daily", "table_results_daily"),
        "table_results_monthly",
    ]
    assert pieces(Window(None, None), (DAILY,)) == [Piece(DAILY, Window(None, None))]


def test_the_end_of_time_has_no_next_month() -> None:
    last = Window(datetime(9999, 12, 31, 23, tzinfo=UTC), None)
    assert pieces(last, (TABLE_DAILY, TABLE_MONTHLY)) == [Piece(None, last)]
