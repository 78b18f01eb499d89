"""Columns of a table that somebody has accepted: what checks for changes compare with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dq_platform.models.metadata import ColumnInfo


class ColumnChangeKind(StrEnum):
    """In which way a column differs from what was accepted."""

    ADDED = "added"
    REMOVED = "removed"
    REORDERED = "reordered"
    RETYPED = "retyped"
    NULLABILITY = "nullability"


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """One way in which one column differs.

    `before` and `after` say what: types as the engine spells them; places, counted from 1, of a reordered column;
    `NOT NULL` or `NULL` for its nullability. Empty on the side where the column was not there.
    """

    kind: ColumnChangeKind
    column_name: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The columns that a check accepts, in their order, until a baseline with a higher `number` takes its place.

    `number` counts from 1 within the check. `changes` are what was accepted with it, compared with the one before;
    none for the first. `actor` is an API key's name, or `system`.
    """

    check_id: str
    number: int
    columns: tuple[ColumnInfo, ...]
    changes: tuple[ColumnChange, ...]
    actor: str
    note: str
    create_time: datetime
