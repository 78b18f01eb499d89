"""Which channels hear of an event. Pure: the caller reads rules and what was sent before, and stores the outcome."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dq_platform.models.incident import Incident, IncidentEvent, IncidentEventKind
from dq_platform.models.notification import NotificationRule, RuleMatch
from dq_platform.notifications.kinds import DEFAULT_KINDS, NOTICES, Audience


@dataclass(frozen=True, slots=True)
class Member:
    """A check of an incident, and one of its data groups."""

    dimension: str
    category: str
    check_type: str = ""
    data_group: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event, its incident as it is now, and those of its checks that the event is about.

    Checks of an incident may be of several dimensions and categories; it depends on what it groups by.
    """

    event: IncidentEvent
    incident: Incident
    members: Collection[Member]


def route(
    happening: Happening, rules: Iterable[NotificationRule], told: Mapping[str, str]
) -> Sequence[tuple[str, str]]:
    """The channels that hear of it, each with the rule that says so, at most once.

    `rules` are those of the workspace, in any order; `told` are the channels that heard of the incident before, with
    the rule that said so, which may be gone. Nobody hears of an incident that was muted when it happened.
    """
    notice = NOTICES.get(happening.event.kind)
    if notice is None or _is_muted(happening):
        return ()
    known = {rule.id: rule for rule in rules}
    if notice.audience is Audience.TOLD:
        return [(channel, rule) for channel, rule in told.items() if _wants(known.get(rule), happening.event.kind)]
    chosen: dict[str, str] = {}
    for rule in in_order(known.values()):
        if _wants(rule, happening.event.kind) and matches(rule.match, happening):
            for channel in rule.channel_ids:
                chosen.setdefault(channel, rule.id)
            if rule.stop:
                break
    return list(chosen.items())


def in_order(rules: Iterable[NotificationRule]) -> Sequence[NotificationRule]:
    """The rules in the order in which they are asked."""
    return sorted(rules, key=lambda rule: (rule.priority, rule.create_time, rule.id))


def matches(match: RuleMatch, happening: Happening) -> bool:
    """Whether every field that is set matches."""
    incident, key = happening.incident, happening.incident.key
    severity = happening.event.severity or incident.highest_severity
    return (
        match.connection_id in ("", key.connection_id)
        and match.schema_name in ("", key.schema_name)
        and like(match.table_pattern, qualified_name(key.schema_name, key.table_name))
        and (match.min_severity is None or severity >= match.min_severity)
        # What the incident itself says counts when all its checks are gone.
        and any(_concerns(match, one) for one in (Member(key.dimension, key.category), *happening.members))
    )


def qualified_name(schema: str, table: str) -> str:
    """`schema.table`; the table alone where there are no schemas."""
    return f"{schema}.{table}" if schema else table


def like(pattern: str, text: str) -> bool:
    """Whether the text is like the pattern of `*` and `?`; an empty one takes any.

    Time grows with the product of both lengths at worst, whatever the pattern.
    """
    if not pattern:
        return True
    at, place = 0, 0
    star, mark = -1, 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            mark += 1
            at, place = star + 1, mark
        else:
            return False
    return all(character == "*" for character in pattern[at:])


def _wants(rule: NotificationRule | None, kind: IncidentEventKind) -> bool:
    """Whether the rule is about this kind; one that is gone is about the default ones."""
    kinds = rule.event_kinds if rule else ()
    return kind in (kinds or DEFAULT_KINDS)


def _concerns(match: RuleMatch, member: Member) -> bool:
    return (
        like(match.dimension_pattern, member.dimension)
        and like(match.category_pattern, member.category)
        and like(match.check_type_pattern, member.check_type)
        and like(match.data_group_pattern, member.data_group)
    )


def _is_muted(happening: Happening) -> bool:
    until = happening.incident.mute_until_time
    return until is not None and happening.event.create_time < until
