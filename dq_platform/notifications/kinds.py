"""Which events of incidents people are told of, and how: one line for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dq_platform.errors import Violation
from dq_platform.models.incident import IncidentEventKind


class Audience(StrEnum):
    """Who hears of it: those that the rules name, or those who were told of the incident before."""

    RULES = "rules"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Notice:
    """How a kind of event is told.

    `title` begins the message. `by_default`: rules that name no kinds include it. `action` is what a receiver that
    keeps alerts of its own does with them: trigger, acknowledge or resolve.
    """

    title: str
    audience: Audience
    by_default: bool
    action: str


NOTICES: Mapping[IncidentEventKind, Notice] = {
    IncidentEventKind.OPENED: Notice("New incident", Audience.RULES, by_default=True, action="trigger"),
    IncidentEventKind.ESCALATED: Notice("Incident got worse", Audience.RULES, by_default=True, action="trigger"),
    IncidentEventKind.REOPENED: Notice("Incident reopened", Audience.RULES, by_default=True, action="trigger"),
    IncidentEventKind.FLAPPED: Notice("Incident is back", Audience.RULES, by_default=True, action="trigger"),
    IncidentEventKind.ESCALATED_UNACKNOWLEDGED: Notice(
        "Nobody has acknowledged the incident", Audience.RULES, by_default=True, action="trigger"
    ),
    IncidentEventKind.ACKNOWLEDGED: Notice(
        "Incident acknowledged", Audience.TOLD, by_default=False, action="acknowledge"
    ),
    IncidentEventKind.RESOLVED: Notice("Incident resolved", Audience.TOLD, by_default=True, action="resolve"),
    IncidentEventKind.RESOLVED_AUTOMATICALLY: Notice("Incident over", Audience.TOLD, by_default=True, action="resolve"),
}
"""Kinds that are not here are never told."""
DEFAULT_KINDS = tuple(kind for kind, notice in NOTICES.items() if notice.by_default)


def untold(kind: IncidentEventKind, field: str) -> list[Violation]:
    """What is wrong with asking for messages about this kind; `field` is where it stands."""
    if kind in NOTICES:
        return []
    known = ", ".join(one.name for one in NOTICES)
    return [Violation(field, f"{kind.name} is not told to anybody; these are: {known}.")]
