"""Error samples: some of the rows behind a result."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SampleColumn:
    """A column of a sample: `identifies` if it tells rows apart, else it holds what the check judges.

    `masked`: the column holds personal data, so that its values are not shown; where it was marked so before the sample
    was taken, they were never read.
    """

    name: str
    identifies: bool = False
    masked: bool = False


@dataclass(frozen=True, slots=True)
class SampleValue:
    """A value as a text, None for NULL and for what is masked. `truncated`: there is more of it than this."""

    text: str | None
    truncated: bool = False


SampleRow = tuple[SampleValue, ...]
"""One value for each column."""


@dataclass(frozen=True, slots=True)
class ErrorSamples:
    """Rows behind one result, or why there are none: then `error_reason` and `message` are set.

    `more`: the source has more such rows than these.
    """

    workspace_id: str
    result_id: str
    check_id: str
    data_group: str
    time_period: datetime
    taken_at: datetime
    columns: tuple[SampleColumn, ...] = ()
    rows: tuple[SampleRow, ...] = ()
    more: bool = False
    error_reason: str = ""
    message: str = ""

    def masking(self, personal: Collection[str]) -> ErrorSamples:
        """The same without the values of these columns."""
        columns = tuple(replace(one, masked=one.masked or one.name in personal) for one in self.columns)
        rows = (zip(columns, row, strict=True) for row in self.rows)
        shown = tuple(tuple(SampleValue(None) if one.masked else value for one, value in row) for row in rows)
        return replace(self, columns=columns, rows=shown)
