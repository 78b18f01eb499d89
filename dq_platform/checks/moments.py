"""Dates and timestamps as numbers that rules compare, and as texts that people read.

The number is the seconds since 1970-01-01 00:00 UTC, exact to the microsecond; a date is its midnight in UTC, and a
timestamp without zone is read as UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from dq_platform.models.values import Number

DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST_OF_DAY = DAY - Decimal("0.000001")


def seconds(value: date) -> int | Decimal:
    """The number of a date or timestamp; whole ones are ints."""
    micros = (instant(value) - _EPOCH) // _MICROSECOND
    return Decimal(micros).scaleb(-6) if micros % 1_000_000 else micros // 1_000_000


def spelled(value: date) -> str:
    """ISO 8601: `2024-12-31`, or `2024-12-31T23:59:59.5Z` in UTC, with as many digits of the second as count."""
    if not isinstance(value, datetime):
        return value.isoformat()
    shown = instant(value).replace(tzinfo=None).isoformat()
    return f"{shown.rstrip('0') if '.' in shown else shown}Z"


def spelled_number(number: Number) -> str:
    """The date or timestamp of a number of seconds; a midnight is spelled as its date."""
    if not number % DAY:
        return (_EPOCH.date() + timedelta(days=int(number // DAY))).isoformat()
    return spelled(_EPOCH + timedelta(microseconds=round(number * 1_000_000)))


def read(text: str) -> date:
    """The date, or the timestamp, that an ISO 8601 text is. Raises ValueError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)


def first_second(text: str) -> Number:
    """The number of an ISO 8601 text; of a date its first moment."""
    return seconds(read(text))


def last_second(text: str) -> Number:
    """The number of an ISO 8601 text; of a date its last moment."""
    value = read(text)
    return seconds(value) if isinstance(value, datetime) else seconds(value) + _LAST_OF_DAY


def instant(value: date) -> datetime:
    """A date's midnight in UTC, or a timestamp in UTC."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:  # at the ends of the calendar, which engines use for infinity, a zone moves nothing
        return value.replace(tzinfo=UTC)
