"""Error samples: some of the rows behind a result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SampleColumn:
    """A column of a sample: `identifies` if it tells rows apart, else it holds what the check judges.

    `masked`: the column holds personal data, so that its values were never read.
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
