"""The state of the queue as the contract shows it."""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration

from dq.v1 import queue_pb2
from dq_platform.models.job import Priority
from dq_platform.models.queue import Backlog
from services.common import times
from services.common.enums import EnumPair

PRIORITIES = EnumPair(Priority, queue_pb2.Priority.DESCRIPTOR)


def line(model: Backlog) -> queue_pb2.QueueLine:
    age = Duration()
    age.FromTimedelta(model.oldest_age)
    return queue_pb2.QueueLine(
        priority=queue_pb2.Priority.ValueType(PRIORITIES.proto(model.priority)),
        waiting_count=model.waiting,
        delayed_count=model.delayed,
        running_count=model.running,
        abandoned_count=model.abandoned,
        oldest_due_time=times.to_proto(model.oldest_due_time),
        oldest_age=age,
        paused_count=model.paused,
    )
