"""How a table's columns differ from those that were accepted. Pure: it knows neither source nor store."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import takewhile

from dq_platform.models.baseline import ColumnChange, ColumnChangeKind
from dq_platform.models.metadata import ColumnInfo

MAX_TEXT = 1000
"""About how long a text on changes gets, in characters."""
MAX_NAME = 100
MAX_TYPE = 60
_SHOWN_BEFORE = 12
"""How much of what two long types have in common is shown before they part."""
_BETWEEN = "; "

Columns = Sequence[ColumnInfo]


class Drift(StrEnum):
    """What of the columns must stay as it was accepted.

    COUNT: how many there are. NAMES: which there are. ORDER: that, and their order. TYPES: which there are, with the
    types that the engine has for them, length and precision included, and whether they may be NULL.
    """

    COUNT = "count"
    NAMES = "names"
    ORDER = "order"
    TYPES = "types"


def differences(drift: Drift, accepted: Columns, found: Columns) -> tuple[ColumnChange, ...]:
    """Every change from the accepted columns to those found, as far as `drift` looks; a renamed one is two.

    If the number of columns is all that matters and it is the same, there is none.
    """
    if drift is Drift.COUNT and len(accepted) == len(found):
        return ()
    before, after = ({column.name: column for column in columns} for columns in (accepted, found))
    added = [column for name, column in after.items() if name not in before]
    removed = [column for name, column in before.items() if name not in after]
    return (
        *(ColumnChange(ColumnChangeKind.ADDED, column.name, after=column.engine_type) for column in added),
        *(ColumnChange(ColumnChangeKind.REMOVED, column.name, before=column.engine_type) for column in removed),
        *(_reordered(list(before), list(after)) if drift is Drift.ORDER else ()),
        *(_retyped(before, after) if drift is Drift.TYPES else ()),
    )


def all_differences(accepted: Columns, found: Columns) -> tuple[ColumnChange, ...]:
    """Every change, whatever it is about, each once."""
    looked_at = (Drift.ORDER, Drift.TYPES)
    return tuple(dict.fromkeys(change for drift in looked_at for change in differences(drift, accepted, found)))


def differing(changes: Iterable[ColumnChange]) -> int:
    """How many columns the changes are about."""
    return len({change.column_name for change in changes})


def described(changes: Sequence[ColumnChange]) -> str:
    """The changes in one sentence, of which the last are only counted if it would get too long; empty without any."""
    if not changes:
        return ""
    told: list[str] = []
    room = MAX_TEXT
    for change in changes:
        text = _told(change)
        room -= len(text) + len(_BETWEEN)
        if told and room < 0:
            break
        told.append(text)
    left_out = len(changes) - len(told)
    more = f"{_BETWEEN}and {left_out} more" if left_out else ""
    return f"The columns differ from the accepted ones: {_BETWEEN.join(told)}{more}."


def _reordered(before: Sequence[str], after: Sequence[str]) -> Iterator[ColumnChange]:
    """The fewest columns that must have been moved; what was added or removed moves nothing."""
    places = {name: place for place, name in enumerate(after)}
    kept = _longest_rising([places[name] for name in before if name in places])
    for place, name in enumerate(before, 1):
        if name in places and places[name] not in kept:
            yield ColumnChange(ColumnChangeKind.REORDERED, name, str(place), str(places[name] + 1))


def _longest_rising(numbers: Sequence[int]) -> Collection[int]:
    """The members of a longest rising subsequence of different numbers."""
    ends: list[int] = []  # the smallest number that a rising subsequence of each length ends in, so far
    previous: dict[int, int | None] = {}
    for number in numbers:
        length = bisect_left(ends, number)
        previous[number] = ends[length - 1] if length else None
        ends[length : length + 1] = [number]
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = previous[last]
    return kept


def _retyped(before: Mapping[str, ColumnInfo], after: Mapping[str, ColumnInfo]) -> Iterator[ColumnChange]:
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            continue
        if new.engine_type != old.engine_type:
            yield ColumnChange(ColumnChangeKind.RETYPED, name, old.engine_type, new.engine_type)
        if new.nullable != old.nullable:
            yield ColumnChange(ColumnChangeKind.NULLABILITY, name, _nullability(old), _nullability(new))


def _nullability(column: ColumnInfo) -> str:
    return "NULL" if column.nullable else "NOT NULL"


def _told(change: ColumnChange) -> str:
    name = _clipped(change.column_name, MAX_NAME)
    if change.kind is ColumnChangeKind.ADDED:
        return f"added {name} ({_clipped(change.after, MAX_TYPE)})"
    if change.kind is ColumnChangeKind.REMOVED:
        return f"removed {name}"
    of = "nullability of " if change.kind is ColumnChangeKind.NULLABILITY else f"{change.kind} "
    before, after = _parting(change.before, change.after)
    return f"{of}{name}: {before} → {after}"


def _parting(before: str, after: str) -> tuple[str, str]:
    """Two texts, shortened to where they differ if they are long, as those of enumerations and structures are."""
    if max(len(before), len(after)) <= MAX_TYPE:
        return before, after
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    start = max(0, common - _SHOWN_BEFORE)
    dots = "…" if start else ""
    return dots + _clipped(before[start:], MAX_TYPE), dots + _clipped(after[start:], MAX_TYPE)


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
