"""Failures that belong together, with a life of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dq_platform.models.outcome import Severity


class IncidentStatus(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class IncidentEventKind(StrEnum):
    OPENED = "opened"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    MUTED = "muted"
    RESOLVED = "resolved"
    RESOLVED_AUTOMATICALLY = "resolved_automatically"
    BASELINE_ACCEPTED = "baseline_accepted"
    EXCLUDED_FROM_TRAINING = "excluded_from_training"
    INCLUDED_IN_TRAINING = "included_in_training"
    REOPENED = "reopened"
    UNMUTED = "unmuted"
    ASSIGNED = "assigned"
    TICKET_LINKED = "ticket_linked"
    FLAPPED = "flapped"
    ESCALATED_UNACKNOWLEDGED = "escalated_unacknowledged"


class GroupingLevel(StrEnum):
    """What failures of one table must share to be one incident; each level includes the ones before it."""

    TABLE = "table"
    DIMENSION = "dimension"
    CATEGORY = "category"
    CHECK_TYPE = "check_type"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Grouping:
    """How failures are grouped; `per_data_group`: each data group of the checks has incidents of its own."""

    level: GroupingLevel = GroupingLevel.CATEGORY
    per_data_group: bool = False


@dataclass(frozen=True, slots=True)
class IncidentKey:
    """What the failures of an incident share; what its level leaves out is empty.

    `data_group` None: all groups.
    """

    connection_id: str
    schema_name: str
    table_name: str
    dimension: str = ""
    category: str = ""
    check_type: str = ""
    check_id: str = ""
    data_group: str | None = None
    level: GroupingLevel = GroupingLevel.CATEGORY

    @property
    def grouping(self) -> Grouping:
        return Grouping(self.level, self.data_group is not None)


@dataclass(frozen=True, slots=True)
class IncidentSettings:
    """What a connection says of its incidents, or a whole workspace, whose `connection_id` is empty.

    None: as the workspace has it; for the workspace, the default of `Handling`.
    """

    workspace_id: str
    connection_id: str = ""
    grouping_level: GroupingLevel | None = None
    per_data_group: bool | None = None
    passing_run_count: int | None = None
    flap_window: timedelta | None = None
    escalate_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    """What holds for a connection's incidents, once every setting has its value.

    `passing_run_count`: how often in a row what failed must pass to be over. `flap_window`: an incident that ended by
    itself and fails again before so much time has gone by since its last failure is reopened, and ends when it has been
    quiet for so long; zero: a new one is opened. `escalate_after`: how long an incident may be open before people are
    told that nobody has acknowledged it; zero: for ever.
    """

    grouping_level: GroupingLevel = GroupingLevel.CATEGORY
    per_data_group: bool = False
    passing_run_count: int = 1
    flap_window: timedelta = timedelta(hours=12)
    escalate_after: timedelta = timedelta()

    @property
    def grouping(self) -> Grouping:
        return Grouping(self.grouping_level, self.per_data_group)


@dataclass(frozen=True, slots=True)
class Incident:
    """`failure_count` counts failing results; `failing_check_count` the checks that fail now.

    `open_time`: since when it is open, not counting what came before it was reopened. `previous_incident_id` names the
    resolved incident of the same key that came before, empty if none. `excluded_from_training`: the periods that fail
    in it are no example of what is normal. `assignee` is whoever is to look after it, `ticket_url` where that is
    tracked; both empty if nobody said so. `flap_count`: how often it failed again soon after all its checks had passed.
    `resolved_automatically`: it is over, and nobody said so. `escalate_time`: when people were told that nobody had
    acknowledged it.
    """

    id: str
    workspace_id: str
    key: IncidentKey
    status: IncidentStatus
    highest_severity: Severity
    failure_count: int
    failing_check_count: int
    first_seen_time: datetime
    last_seen_time: datetime
    open_time: datetime
    mute_until_time: datetime | None = None
    acknowledge_time: datetime | None = None
    resolve_time: datetime | None = None
    previous_incident_id: str = ""
    excluded_from_training: bool = False
    assignee: str = ""
    ticket_url: str = ""
    flap_count: int = 0
    resolved_automatically: bool = False
    escalate_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """`actor` is an API key's name, or `system`; `detail` what the event is about: the assignee or the ticket's URL."""

    id: str
    incident_id: str
    kind: IncidentEventKind
    actor: str
    note: str
    create_time: datetime
    severity: Severity | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class IncidentMember:
    """A check and one of its data groups that failed in an incident.

    `failing_since`: since when it fails, None if it does no longer; `passing_runs`: how often it passed in a row since.
    """

    check_id: str
    check_type: str
    display_name: str
    column_name: str
    data_group: str
    failing_since: datetime | None
    passing_runs: int


@dataclass(frozen=True, slots=True)
class FailureDay:
    """How many results failed on a day, by severity."""

    start: datetime
    warning: int
    error: int
    fatal: int


@dataclass(frozen=True, slots=True)
class IncidentCounts:
    """How many incidents are in each state; `muted`, `flapping` and `unassigned` are of those that are not resolved."""

    open: int
    acknowledged: int
    resolved: int
    muted: int
    flapping: int
    unassigned: int


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents: every set field must match.

    `text` is a part, in any case, of the table, dimension, category, check type, data group, assignee or ticket.
    """

    status: tuple[IncidentStatus, ...] = ()
    connection_id: str = ""
    schema_name: str = ""
    table_name: str = ""
    min_severity: Severity | None = None
    assignee: str = ""
    flapping: bool | None = None
    text: str = ""
