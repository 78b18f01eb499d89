"""What a sensor or a check looks at."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """A whole table, or one column of it."""

    TABLE = "table"
    COLUMN = "column"
