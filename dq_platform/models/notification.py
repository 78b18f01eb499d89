"""Who is told of incidents: channels, the rules that choose among them, and what was sent through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from dq_platform.models.connection import SettingValue
from dq_platform.models.incident import IncidentEventKind
from dq_platform.models.outcome import Severity

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"
"""What a JSON document holds."""


@dataclass(frozen=True, slots=True)
class Templates:
    """Jinja2 templates in place of the built-in ones; an empty one is the built-in one."""

    subject: str = ""
    text: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people or a machine.

    `settings` holds what the channel type's schema names, secrets included: it is stored encrypted, never shown and
    never logged. `version` grows with every change.
    """

    id: str
    workspace_id: str
    display_name: str
    type: str
    settings: Mapping[str, SettingValue] = field(repr=False)
    create_time: datetime
    update_time: datetime
    description: str = ""
    templates: Templates = field(default_factory=Templates)
    version: int = 1


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """Which failures a rule is about: every set field must match.

    Patterns take `*` and `?`; `table_pattern` is compared with `schema.table`, `data_group_pattern` with a result's
    `data_group`. One check of the incident that matches all patterns of checks is enough.
    """

    connection_id: str = ""
    schema_name: str = ""
    table_pattern: str = ""
    data_group_pattern: str = ""
    dimension_pattern: str = ""
    category_pattern: str = ""
    check_type_pattern: str = ""
    min_severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class NotificationRule:
    """Which channels are told of what. Rules are asked by `priority`, the lowest first, then by creation.

    `event_kinds` empty: those that are told by default. `stop`: rules after it are not asked where this one matches.
    """

    id: str
    workspace_id: str
    display_name: str
    channel_ids: tuple[str, ...]
    create_time: datetime
    update_time: datetime
    description: str = ""
    priority: int = 0
    match: RuleMatch = field(default_factory=RuleMatch)
    event_kinds: tuple[IncidentEventKind, ...] = ()
    stop: bool = False
    version: int = 1


class NotificationState(StrEnum):
    """PENDING: not accepted by the receiver yet. SENT: accepted. DEAD: given up, until somebody replays it."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class FailedAttempt:
    """An attempt to send that failed, counted from 1, and why."""

    number: int
    end_time: datetime
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Notification:
    """One event of an incident for one channel; there is at most one for the two.

    `id` goes with every attempt, so that receivers tell repetitions. `facts` is what the message says, as it was when
    the event was looked at. `attempt` counts attempts and only rises; those up to `first_attempt` came before the last
    replay. `due_time` is when the next attempt is due, while one is being made: when another may be.
    """

    id: str
    workspace_id: str
    event_id: str
    event_kind: IncidentEventKind
    incident_id: str
    channel_id: str
    rule_id: str
    facts: Mapping[str, Json] = field(repr=False)
    create_time: datetime
    due_time: datetime
    state: NotificationState = NotificationState.PENDING
    attempt: int = 0
    first_attempt: int = 0
    failed_attempts: tuple[FailedAttempt, ...] = ()
    end_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotificationFilter:
    """Which notifications: every set field must match."""

    states: tuple[NotificationState, ...] = ()
    channel_id: str = ""
    incident_id: str = ""


@dataclass(frozen=True, slots=True)
class NotificationEnd:
    """What came of an attempt. `state` PENDING: it is made again at `due_time`."""

    notification: Notification
    state: NotificationState
    due_time: datetime
    failure: FailedAttempt | None = None
