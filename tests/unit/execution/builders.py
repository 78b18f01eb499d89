"""Checks, tables and sessions for the tests of execution."""

from __future__ import annotations

from datetime import UTC, datetime

from dq_platform.connectors.base import Rows
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.execution.frame import Frame, PlanContext
from dq_platform.models.check import Check, Mode, Target, TimeScale
from dq_platform.models.metadata import ColumnInfo, DataType, TableInfo, TableSnapshot

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DIALECT = PostgreSQLDialect()
FRAME = Frame('"s"."t"')
COLUMNS = {
    "id": DataType.INTEGER,
    "email": DataType.TEXT,
    "country": DataType.TEXT,
    "amount": DataType.DECIMAL,
    "day": DataType.DATE,
    "at": DataType.TIMESTAMP_TZ,
}


def check(id, check_type="nulls_percent", column="email", **changes):
    fields = {
        "id": id,
        "workspace_id": "w",
        "target": Target("c", "s", "t", column),
        "check_type": check_type,
        "mode": Mode.MONITORING,
        "time_scale": TimeScale.DAILY,
        "create_time": NOW,
        "update_time": NOW,
    }
    return Check(**(fields | changes))


def partitioned(id, check_type="nulls_percent", column="email", **changes):
    return check(id, check_type, column, **({"mode": Mode.PARTITIONED, "partition_column": "day"} | changes))


def snapshot(columns=COLUMNS):
    infos = [ColumnInfo(name, place, kind.value, kind) for place, (name, kind) in enumerate(columns.items(), 1)]
    return TableSnapshot("c", TableInfo("s", "t"), tuple(infos), NOW)


def context(**changes):
    return PlanContext(
        **({"dialect": DIALECT, "snapshot": snapshot(), "time_zone": "Europe/Berlin", "now": NOW} | changes)
    )


class ScriptedSession:
    """Answers every SELECT with one row of zeros, and refuses those that hold one of the `bad` texts."""

    def __init__(self, bad=(), problem=SourceProblem.BAD_SQL):
        self.dialect = DIALECT
        self.bad = tuple(bad)
        self.problem = problem
        self.sent = []
        self.milliseconds = self.statements = 0.0

    async def execute(self, sql, *, tag="", numbers=0):
        self.sent.append((sql, tag))
        self.milliseconds += 0.25
        self.statements += 1
        if any(text in sql for text in self.bad):
            raise SourceError(self.problem, f"refused: {self.problem}")
        return Rows((), [(0,) * sql.count(" AS dq")])
