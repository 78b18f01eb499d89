from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dq_platform.incidents import policy
from dq_platform.incidents.policy import Failures
from dq_platform.incidents.step import Act
from dq_platform.models.check import Mode, Target, TimeScale
from dq_platform.models.incident import Incident, IncidentKey
from dq_platform.models.outcome import Severity
from dq_platform.models.result import Result

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = IncidentKey("c", "public", "orders", "Completeness", "nulls")
ME = Act(at=T0 + timedelta(hours=1), actor="ann", note="on it")


def result(outcome, *, check="a", group="", minutes=0, category="nulls", column="email"):
    return Result(
        id=f"{check}{group}{minutes}",
        workspace_id="w",
        check_id=check,
        job_id="j",
        target=Target("c", "public", "orders", column),
        check_type="nulls_percent",
        category=category,
        dimension="Completeness",
        mode=Mode.MONITORING,
        time_scale=TimeScale.DAILY,
        data_group=group,
        time_period=T0,
        executed_at=T0 + timedelta(minutes=minutes),
        outcome=outcome,
    )


def failures(severity=Severity.ERROR, count=1, members=(("a", ""),)):
    return Failures(severity, count, members, T0, T0)


def incident(**changes):
    opened = policy.open_incident("w", KEY, failures())
    return Incident(**({name: getattr(opened, name) for name in Incident.__slots__} | changes))
