"""A workspace with a connection to the shop's database, and short ways to fill it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dq.v1 import check_pb2, connection_pb2, job_pb2, notification_pb2, schedule_pb2
from dq_platform.ids import new_id
from dq_platform.models.check import Mode, Target, TimeScale
from dq_platform.models.incident import Incident, IncidentEvent, IncidentEventKind, IncidentKey, IncidentStatus
from dq_platform.models.job import JobState, OutcomeCounts, UnitEnd
from dq_platform.models.notification import Notification
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Bounds, Result, ResultBounds
from dq_platform.models.sample import ErrorSamples, SampleColumn, SampleValue
from services.common.structs import to_struct
from tests.engines.postgres import PostgresServer
from tests.services.platform import Account, Client

SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Shop:
    account: Account
    postgres: PostgresServer
    connection: connection_pb2.Connection

    @property
    def admin(self) -> Client:
        return self.account.admin

    def check(self, **fields: Any) -> check_pb2.Check:
        """A check of nulls that fails with an error: every fourth amount is missing."""
        target = check_pb2.Target(
            connection_id=self.connection.id, schema_name="shop", table_name="orders", column_name="amount"
        )
        check = check_pb2.Check(
            target=target,
            check_type="nulls_percent",
            thresholds=check_pb2.Thresholds(error=to_struct({"max_percent": 5})),
        )
        check.MergeFrom(check_pb2.Check(**fields))
        return check

    async def stored_check(self, **fields: Any) -> check_pb2.Check:
        return (await self.admin.CreateCheck(check=self.check(**fields))).check

    async def schedule(self, **fields: Any) -> schedule_pb2.Schedule:
        wanted = {"display_name": "nightly", "cron": "0 3 * * *", "time_zone": "Europe/Berlin", "selector": {}}
        return (await self.admin.CreateSchedule(schedule=schedule_pb2.Schedule(**(wanted | fields)))).schedule

    async def job(self) -> job_pb2.Job:
        check = await self.stored_check()
        return (await self.admin.RunCheck(check_id=check.id)).job

    async def end_job(self, job: job_pb2.Job) -> None:
        """What a worker does, without the work: take the job's units and end them."""
        deps, now = self.account.platform.deps, datetime.now(UTC)
        async with deps.uow() as tx:
            for task in await tx.jobs.claim(1000, now, timedelta(minutes=1), 1000):
                for unit in task.units:
                    if unit.job_id == job.id:
                        await tx.jobs.finish([UnitEnd(unit, JobState.SUCCEEDED, OutcomeCounts(passed=1))], now)
            await tx.commit()

    async def result(self, check_id: str, outcome: Outcome = Outcome.ERROR, **changes: Any) -> Result:
        now = datetime.now(UTC)
        result = Result(
            id=new_id(),
            workspace_id=self.account.who.workspace_id,
            check_id=check_id,
            job_id=new_id(),
            target=Target(self.connection.id, "shop", "orders", "amount"),
            check_type="nulls_percent",
            category="nulls",
            dimension="Completeness",
            mode=Mode.MONITORING,
            time_scale=TimeScale.DAILY,
            data_group="",
            time_period=now.replace(hour=0, minute=0, second=0, microsecond=0),
            executed_at=now,
            outcome=outcome,
            value=25,
            expected_text="<= 5 %",
            bounds=ResultBounds(error=Bounds(upper=5.0)),
        )
        result = replace(result, **changes)
        async with self.account.platform.deps.uow() as tx:
            await tx.results.add([result])
            await tx.commit()
        return result

    async def samples(self, result: Result, **changes: Any) -> ErrorSamples:
        """One row behind the result."""
        found = ErrorSamples(
            workspace_id=result.workspace_id,
            result_id=result.id,
            check_id=result.check_id,
            data_group=result.data_group,
            time_period=result.time_period,
            taken_at=result.executed_at,
            columns=(SampleColumn("id", identifies=True), SampleColumn("amount")),
            rows=((SampleValue("7"), SampleValue(None)),),
        )
        found = replace(found, **changes)
        async with self.account.platform.deps.uow() as tx:
            await tx.samples.save([found])
            await tx.commit()
        return found

    async def incident(self, check_id: str = "", **changes: Any) -> Incident:
        now = datetime.now(UTC)
        incident = Incident(
            id=new_id(),
            workspace_id=self.account.who.workspace_id,
            key=IncidentKey(self.connection.id, "shop", "orders", "Completeness", "nulls"),
            status=IncidentStatus.OPEN,
            highest_severity=Severity.ERROR,
            failure_count=1,
            failing_check_count=1,
            first_seen_time=now,
            last_seen_time=now,
            open_time=now,
        )
        async with self.account.platform.deps.uow() as tx:
            stored = await tx.incidents.raise_or_count(replace(incident, **changes), [(check_id or new_id(), "")])
            await tx.commit()
        return stored

    async def channel(self, kind: str = "webhook", **settings: Any) -> notification_pb2.NotificationChannel:
        given = settings or {"url": "https://hooks.example.com/dq", "signing_secret": "a secret of ours"}
        wanted = notification_pb2.NotificationChannel(display_name="hook", type=kind, settings=to_struct(given))
        return (await self.admin.CreateNotificationChannel(channel=wanted)).channel

    async def notification_rule(self, **fields: Any) -> notification_pb2.NotificationRule:
        """A rule that names a channel of its own, unless told otherwise."""
        wanted = {"display_name": "all", **fields}
        wanted["channel_ids"] = wanted.get("channel_ids") or [(await self.channel()).id]
        return (await self.admin.CreateNotificationRule(rule=wanted)).rule

    async def notification(self, incident: Incident, rule: notification_pb2.NotificationRule) -> Notification:
        """What a router makes of a new event of the incident."""
        now = datetime.now(UTC)
        event = IncidentEvent(new_id(), incident.id, IncidentEventKind.OPENED, "system", "", now, Severity.ERROR)
        made = Notification(
            id=new_id(),
            workspace_id=incident.workspace_id,
            event_id=event.id,
            event_kind=event.kind,
            incident_id=incident.id,
            channel_id=rule.channel_ids[0],
            rule_id=rule.id,
            facts={},
            create_time=now,
            due_time=now,
        )
        async with self.account.platform.deps.uow() as tx:
            await tx.incidents.add_events([event])
            await tx.notifications.add([made])
            await tx.commit()
        return made


def connection_to(postgres: PostgresServer, **changes: Any) -> connection_pb2.Connection:
    params = postgres.params
    settings = {
        "host": params.host,
        "port": params.port,
        "database": SOURCE,
        "user": params.user,
        "password": params.password,
    }
    return connection_pb2.Connection(display_name="shop", type="postgresql", settings=to_struct(settings | changes))


async def new_shop(account: Account, postgres: PostgresServer) -> Shop:
    made = await account.admin.CreateConnection(connection=connection_to(postgres))
    return Shop(account, postgres, made.connection)
