"""What kind of number a sensor measures, and so whether a sample of the rows can tell it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Statistic(StrEnum):
    """What a sensor's header says it `measures`.

    A sample tells of the rows that it holds. What is about the same for any random part of them, however small, it
    estimates without leaning to one side: shares, means, spreads, percentiles. For the others `WHY_NOT` says why not.
    """

    SHARE = "share"
    MEAN = "mean"
    SPREAD = "spread"
    PERCENTILE = "percentile"
    COUNT = "count"
    SUM = "sum"
    EXTREME = "extreme"
    WHOLE = "whole"
    COMPARISON = "comparison"
    TABLE = "table"
    OTHER = "other"


WHY_NOT: Mapping[Statistic, str] = {
    Statistic.COUNT: "counts something, and a sample holds only a part of it",
    Statistic.SUM: "adds up something, and a sample holds only a part of it",
    Statistic.EXTREME: "looks for a least, greatest or newest value, which a sample is likely to leave out",
    Statistic.WHOLE: "asks which values differ, repeat or are missing, and what a sample leaves out decides that",
    Statistic.COMPARISON: "compares the numbers of two whole tables",
    Statistic.TABLE: "asks for something of the table that is not in its rows",
    Statistic.OTHER: "measures something of which nobody has declared that a sample can tell it",
}
"""Why no sample can tell it, to be read behind the name of what measures it."""
