"""What a message says: everything that templates may show, made once when an event is looked at."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import cast

from dq_platform.models.incident import Incident, IncidentEvent, IncidentEventKind, IncidentKey, IncidentStatus
from dq_platform.models.notification import Json
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Result
from dq_platform.models.values import Number
from dq_platform.notifications.kinds import NOTICES
from dq_platform.notifications.routing import qualified_name
from dq_platform.notifications.sparkline import sparkline

MAX_CHECKS = 5
TREND_POINTS = 12
LONGEST_VALUE = 200
LONGEST_NUMBER = 24


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What happened, when (RFC 3339, UTC), who did it (`system`: nobody), and what they had to say."""

    id: str
    kind: str
    title: str
    time: str
    actor: str
    note: str


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """The incident when the event was looked at; `since` is its first failure."""

    id: str
    status: str
    severity: str
    dimension: str
    category: str
    since: str
    last_seen: str
    failure_count: int
    failing_check_count: int


@dataclass(frozen=True, slots=True)
class TableFacts:
    """The table; `name` is `schema.table`."""

    connection_id: str
    connection: str
    schema: str
    table: str
    name: str


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """A check of the incident with its newest result; `trend` draws its last values, the newest at the right."""

    id: str
    type: str
    column: str
    data_group: str
    outcome: str
    value: str
    expected: str
    trend: str


@dataclass(frozen=True, slots=True)
class OthersFacts:
    """What else fails in the same connection, in other incidents that are not resolved."""

    check_count: int
    table_count: int


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """REST paths under DQ_PUBLIC_URL; all empty without it. `incident` and `events` are read, the others are POSTed."""

    incident: str = ""
    events: str = ""
    acknowledge: str = ""
    mute: str = ""
    resolve: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything. `more_check_count`: how many checks of the incident are not among `checks`."""

    event: EventFacts
    incident: IncidentFacts
    table: TableFacts
    checks: tuple[CheckFacts, ...]
    more_check_count: int
    others: OthersFacts
    links: LinkFacts

    def to_json(self) -> Mapping[str, Json]:
        return cast("Mapping[str, Json]", asdict(self))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the store knows around an incident: the newest results of its checks, the worst first, and its neighbours.

    `trends` has the last values of those to show, oldest first, by check and data group.
    """

    connection_name: str
    results: Sequence[Result]
    result_count: int
    trends: Mapping[tuple[str, str], Sequence[Number]]
    other_checks: int
    other_tables: int


def facts_of(event: IncidentEvent, incident: Incident, around: Surroundings, public_url: str) -> Facts:
    """What is told of the event. `public_url` is where people reach the API; empty: there are no links."""
    shown = around.results[:MAX_CHECKS]
    return Facts(
        event=EventFacts(
            event.id, event.kind.value, NOTICES[event.kind].title, _time(event.create_time), event.actor, event.note
        ),
        incident=IncidentFacts(
            id=incident.id,
            status=incident.status.value,
            severity=(event.severity or incident.highest_severity).name.lower(),
            dimension=incident.key.dimension,
            category=incident.key.category,
            since=_time(incident.first_seen_time),
            last_seen=_time(incident.last_seen_time),
            failure_count=incident.failure_count,
            failing_check_count=incident.failing_check_count,
        ),
        table=_table(incident.key, around.connection_name),
        checks=tuple(_check(one, around.trends[one.check_id, one.data_group]) for one in shown),
        more_check_count=max(0, around.result_count - len(shown)),
        others=OthersFacts(around.other_checks, around.other_tables),
        links=links_of(incident.id, public_url),
    )


def links_of(incident_id: str, public_url: str) -> LinkFacts:
    if not public_url:
        return LinkFacts()
    incident = f"{public_url.rstrip('/')}/api/v1/incidents/{incident_id}"
    return LinkFacts(
        incident, f"{incident}/events", f"{incident}/acknowledge", f"{incident}/mute", f"{incident}/resolve"
    )


def sample(kind: IncidentEventKind, incident_id: str, now: datetime, public_url: str) -> Facts:
    """Made-up facts that have a value everywhere, to try templates and channels with."""
    since = now - timedelta(hours=2)
    over = NOTICES[kind].action == "resolve"
    incident = Incident(
        id=incident_id,
        workspace_id="",
        key=IncidentKey("", "shop", "orders", "Completeness", "nulls"),
        status=IncidentStatus.RESOLVED if over else IncidentStatus.OPEN,
        highest_severity=Severity.ERROR,
        failure_count=3,
        failing_check_count=0 if over else 2,
        first_seen_time=since,
        last_seen_time=now,
        open_time=since,
    )
    event = IncidentEvent(incident_id, incident_id, kind, "somebody", "This is a test.", now, Severity.ERROR)
    made = facts_of(event, incident, Surroundings("sample", (), 0, {}, 4, 2), public_url)
    check = CheckFacts(incident_id, "nulls_percent", "email", "", "error", "12.5", "<= 5 %", "▁▁▂▁▂▁▁▃▂▁▅█")
    return Facts(made.event, made.incident, made.table, (check,), 1, made.others, made.links)


def _table(key: IncidentKey, connection_name: str) -> TableFacts:
    name = qualified_name(key.schema_name, key.table_name)
    return TableFacts(key.connection_id, connection_name, key.schema_name, key.table_name, name)


def _check(result: Result, trend: Sequence[Number]) -> CheckFacts:
    return CheckFacts(
        id=result.check_id,
        type=result.check_type,
        column=result.target.column_name,
        data_group=result.data_group,
        outcome=_outcome(result.outcome),
        value=_value(result),
        expected=result.expected_text,
        trend=sparkline(map(_float, trend)),
    )


def _outcome(outcome: Outcome) -> str:
    return outcome.name.lower()


def _value(result: Result) -> str:
    if result.value_text is not None:
        text = result.value_text
        return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
    if result.value is None:
        return ""
    return number(result.value)


def number(value: Number) -> str:
    """The number without zeros at its end; ten digits of one that would be very long."""
    exact = "" if isinstance(value, float) else format(Decimal(value).normalize(), "f")
    return exact if 0 < len(exact) <= LONGEST_NUMBER else f"{value:.10g}"


def _float(value: Number) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
