from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import pytest

from dq_platform.models.incident import Incident, IncidentEvent, IncidentEventKind, IncidentKey, IncidentStatus
from dq_platform.models.notification import NotificationRule, RuleMatch
from dq_platform.models.outcome import Severity
from dq_platform.notifications.routing import Happening, Member, like, route

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
OPENED, ESCALATED = IncidentEventKind.OPENED, IncidentEventKind.ESCALATED
ACKNOWLEDGED, MUTED = IncidentEventKind.ACKNOWLEDGED, IncidentEventKind.MUTED
RESOLVED, OVER = IncidentEventKind.RESOLVED, IncidentEventKind.RESOLVED_AUTOMATICALLY
MEMBERS = (
    Member("Completeness", "nulls", "nulls_percent", '["DE"]'),
    Member("Completeness", "volume", "row_count"),
)


def happening(
    kind: IncidentEventKind = OPENED, severity: Severity = Severity.ERROR, mute: timedelta | None = None
) -> Happening:
    incident = Incident(
        id="incident",
        workspace_id="w",
        key=IncidentKey("c1", "shop", "orders", "Completeness", "nulls"),
        status=IncidentStatus.OPEN,
        highest_severity=Severity.FATAL,
        failure_count=1,
        failing_check_count=1,
        first_seen_time=NOW,
        last_seen_time=NOW,
        open_time=NOW,
        mute_until_time=None if mute is None else NOW + mute,
    )
    return Happening(IncidentEvent("e", incident.id, kind, "system", "", NOW, severity), incident, MEMBERS)


def rule(name: str, **fields: Any) -> NotificationRule:
    return NotificationRule(
        id=name,
        workspace_id="w",
        display_name=name,
        channel_ids=fields.pop("to", (name,)),
        create_time=NOW,
        update_time=NOW,
        match=RuleMatch(**fields.pop("match", {})),
        **fields,
    )


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({}, True),
        ({"connection_id": "c1"}, True),
        ({"connection_id": "c2"}, False),
        ({"schema_name": "shop"}, True),
        ({"schema_name": "sho"}, False),
        ({"table_pattern": "shop.orders"}, True),
        ({"table_pattern": "*.order?"}, True),
        ({"table_pattern": "orders"}, False),
        ({"dimension_pattern": "Comp*"}, True),
        ({"dimension_pattern": "comp*"}, False),
        ({"category_pattern": "n?lls"}, True),
        ({"category_pattern": "freshness"}, False),
        ({"check_type_pattern": "row_*"}, True),
        ({"check_type_pattern": "max_*"}, False),
        ({"data_group_pattern": '*"DE"*'}, True),
        ({"data_group_pattern": '*"FR"*'}, False),
        ({"check_type_pattern": "nulls_*", "data_group_pattern": "*DE*"}, True),
        ({"check_type_pattern": "row_*", "data_group_pattern": "*DE*"}, False),
        ({"min_severity": Severity.ERROR}, True),
        ({"min_severity": Severity.FATAL}, False),
        ({"schema_name": "shop", "category_pattern": "x"}, False),
        ({"category_pattern": "volume", "check_type_pattern": "row_*"}, True),
        ({"category_pattern": "volume", "check_type_pattern": "nulls_*"}, False),
    ],
)
def test_every_field_that_is_set_must_match(match: dict[str, Any], expected: bool) -> None:
    assert bool(route(happening(), [rule("a", match=match)], {})) is expected


A, B, C = rule("a", priority=2), rule("b", priority=1), rule("c", priority=3)


@pytest.mark.parametrize(
    ("rules", "channels"),
    [
        ([A, B, C], ["b", "a", "c"]),
        ([A, replace(B, stop=True), C], ["b"]),
        ([A, replace(B, stop=True, match=RuleMatch(category_pattern="x")), C], ["a", "c"]),
        # A rule that is about other events does not stop.
        ([A, replace(B, stop=True, event_kinds=(RESOLVED,))], ["a"]),
        ([A, replace(A, id="later", create_time=NOW + timedelta(1), channel_ids=("d", "a"))], ["a", "d"]),
        ([replace(A, channel_ids=("x", "y", "x"))], ["x", "y"]),
        ([], []),
    ],
)
def test_rules_are_asked_in_order_until_one_stops_and_a_channel_hears_once(
    rules: list[NotificationRule], channels: list[str]
) -> None:
    assert [channel for channel, _ in route(happening(), rules, {})] == channels


NAMES_ACKNOWLEDGED = rule("a", event_kinds=(OPENED, ACKNOWLEDGED))


@pytest.mark.parametrize(
    ("kind", "rules", "told", "expected"),
    [
        (OPENED, [A], {}, [("a", "a")]),
        (ESCALATED, [A], {"a": "a"}, [("a", "a")]),
        (RESOLVED, [A, B], {"a": "a"}, [("a", "a")]),
        (OVER, [A], {"a": "a", "elsewhere": "gone"}, [("a", "a"), ("elsewhere", "gone")]),
        (OVER, [A], {}, []),
        (OVER, [NAMES_ACKNOWLEDGED], {"a": "a"}, []),
        (ACKNOWLEDGED, [A], {"a": "a"}, []),
        (ACKNOWLEDGED, [NAMES_ACKNOWLEDGED], {"a": "a"}, [("a", "a")]),
        (ACKNOWLEDGED, [NAMES_ACKNOWLEDGED], {}, []),
        (MUTED, [rule("a", event_kinds=(MUTED,))], {"a": "a"}, []),
    ],
)
def test_failures_go_by_the_rules_and_what_follows_to_those_who_heard(
    kind: IncidentEventKind,
    rules: list[NotificationRule],
    told: Mapping[str, str],
    expected: list[tuple[str, str]],
) -> None:
    assert list(route(happening(kind), rules, told)) == expected


@pytest.mark.parametrize(("mute", "heard"), [(timedelta(seconds=1), False), (timedelta(), True), (None, True)])
def test_nobody_hears_of_what_happens_to_a_muted_incident(mute: timedelta | None, heard: bool) -> None:
    for kind in (OPENED, OVER):
        assert bool(route(happening(kind, mute=mute), [A], {"a": "a"})) is heard


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("", "", True),
        ("*", "", True),
        ("?", "", False),
        ("a*b*c", "axxbyyc", True),
        ("a*b*c", "axxbyy", False),
        ("*ab", "aab", True),
        ("**", "x", True),
        ("[a]", "a", False),
        ("a.c", "abc", False),
        ("a\n*", "a\nb", True),
    ],
)
def test_patterns_know_two_wildcards(pattern: str, text: str, expected: bool) -> None:
    assert like(pattern, text) is expected


def test_no_pattern_takes_long() -> None:
    started = perf_counter()
    assert not like("*a" * 500 + "b", "a" * 1000)
    assert perf_counter() - started < 2
