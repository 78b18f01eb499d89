"""`google.protobuf.Timestamp` as aware datetimes in UTC, `Duration` as timedelta, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

EPOCH = datetime.fromtimestamp(0, UTC)
DAY = 86_400


def to_proto(moment: datetime | None) -> Timestamp | None:
    """The timestamp of an aware moment; None stays None, which leaves a field unset."""
    if moment is None:
        return None
    since = moment - EPOCH
    return Timestamp(seconds=since.days * DAY + since.seconds, nanos=since.microseconds * 1000)


def to_core(timestamp: Timestamp) -> datetime:
    return timestamp.ToDatetime(tzinfo=UTC)


def duration_to_proto(duration: timedelta) -> Duration:
    message = Duration()
    message.FromTimedelta(duration)
    return message


def field_to_core(message: Message, field: str) -> datetime | None:
    """The field's moment; None if it is unset."""
    return to_core(getattr(message, field)) if message.HasField(field) else None
