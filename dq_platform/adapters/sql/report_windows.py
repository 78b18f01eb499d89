"""Which part of a window is read from which relation: whole days and months from their sums, the rest from results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from dq_platform.adapters.sql.rollups import Rollup

DAY = timedelta(days=1)
# No time is later than the end of the year 9999: from here on there is no next month.
LAST_MONTH = datetime(9999, 12, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` (inclusive) to `end` (exclusive); None: without that end."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a window and the sums that answer for it; None: the results themselves."""

    rollup: Rollup | None
    window: Window


def pieces(window: Window, rollups: Sequence[Rollup], outer: Rollup | None = None) -> list[Piece]:
    """The window, divided among the rollups, the finest first, and what is finer than they are (`outer`).

    Every moment of the window is in exactly one piece.
    """
    inner = _whole(window, rollups[0].grain) if rollups else None
    if inner is None:
        return [Piece(outer, window)]
    edges = [Piece(outer, edge) for edge in _edges(window, inner)]
    return [*edges, *pieces(inner, rollups[1:], rollups[0])]


def _whole(window: Window, grain: str) -> Window | None:
    """The whole days or months in the window; None if there are none."""
    if window.start is not None and window.start >= LAST_MONTH:
        return None
    start = None if window.start is None else _at_or_after(window.start, grain)
    end = None if window.end is None else _begin(window.end, grain)
    return None if start is not None and end is not None and start >= end else Window(start, end)


def _edges(window: Window, inner: Window) -> list[Window]:
    edges = Window(window.start, inner.start), Window(inner.end, window.end)
    return [edge for edge in edges if edge.start != edge.end]


def _begin(moment: datetime, grain: str) -> datetime:
    """When the day or month of the moment begins in UTC."""
    day = datetime.combine(moment.astimezone(UTC).date(), time(tzinfo=UTC))
    return day if grain == "day" else day.replace(day=1)


def _at_or_after(moment: datetime, grain: str) -> datetime:
    begin = _begin(moment, grain)
    if begin == moment:
        return begin
    return begin + DAY if grain == "day" else _begin(begin + 32 * DAY, grain)
