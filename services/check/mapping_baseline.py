"""Baselines between the contract and the core."""

from __future__ import annotations

from dq.v1 import baseline_pb2, check_service_pb2
from dq_platform.app.baselines import Acceptance
from dq_platform.models.baseline import Baseline
from services.common import times
from services.common.mapping_column import change, change_to_core, column


def baseline(model: Baseline) -> baseline_pb2.Baseline:
    return baseline_pb2.Baseline(
        check_id=model.check_id,
        number=model.number,
        columns=map(column, model.columns),
        changes=map(change, model.changes),
        actor=model.actor,
        note=model.note,
        create_time=times.to_proto(model.create_time),
    )


def acceptance(message: check_service_pb2.AcceptBaselineRequest) -> Acceptance:
    return Acceptance(
        note=message.note,
        expected=tuple(map(change_to_core, message.expected_changes)),
        validate_only=message.validate_only,
    )
