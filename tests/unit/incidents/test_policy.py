from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dq_platform.incidents import actions, policy
from dq_platform.incidents.policy import Failures
from dq_platform.incidents.step import SYSTEM, Act, Step
from dq_platform.models.incident import (
    Grouping,
    GroupingLevel,
    Handling,
    IncidentEventKind,
    IncidentKey,
    IncidentSettings,
    IncidentStatus,
)
from dq_platform.models.outcome import Outcome, Severity
from tests.unit.incidents.builders import KEY, ME, T0, failures, incident, result

BY_CATEGORY = Grouping()


def fold(results, *unresolved, grouping=BY_CATEGORY):
    return {one.key: one for one in policy.fold(results, {"c": grouping}, unresolved)}


def test_results_fold_by_table_dimension_and_category():
    changes = fold(
        [
            result(Outcome.ERROR, column="email"),
            result(Outcome.WARNING, check="b", column="phone", minutes=5),
            result(Outcome.FATAL, check="c", category="uniqueness"),
        ]
    )
    assert list(changes) == [KEY, IncidentKey("c", "public", "orders", "Completeness", "uniqueness")]
    assert changes[KEY].failures == Failures(Severity.ERROR, 2, (("a", ""), ("b", "")), T0, T0 + timedelta(minutes=5))


@pytest.mark.parametrize(
    ("level", "parts"),
    [
        (GroupingLevel.TABLE, ("", "", "", "")),
        (GroupingLevel.DIMENSION, ("Completeness", "", "", "")),
        (GroupingLevel.CATEGORY, ("Completeness", "nulls", "", "")),
        (GroupingLevel.CHECK_TYPE, ("Completeness", "nulls", "nulls_percent", "")),
        (GroupingLevel.CHECK, ("Completeness", "nulls", "nulls_percent", "a")),
    ],
)
def test_the_level_says_what_failures_must_share(level, parts):
    [whole] = fold([result(Outcome.ERROR, group='["x"]')], grouping=Grouping(level))
    assert whole == IncidentKey("c", "public", "orders", *parts, level=level)
    [group] = fold([result(Outcome.ERROR, group='["x"]')], grouping=Grouping(level, per_data_group=True))
    assert group == replace(whole, data_group='["x"]')


def test_without_grouping_by_columns_the_only_group_is_not_all_groups():
    [whole] = fold([result(Outcome.ERROR)])
    [group] = fold([result(Outcome.ERROR)], grouping=Grouping(per_data_group=True))
    assert (whole.data_group, group.data_group) == (None, "")


def test_a_failure_counts_in_the_oldest_incident_that_covers_it_whatever_grouping_holds_now():
    table = incident(key=IncidentKey("c", "public", "orders", level=GroupingLevel.TABLE), id="1")
    check = incident(key=policy.key_of(result(Outcome.ERROR), Grouping(GroupingLevel.CHECK)), id="2")
    found = fold([result(Outcome.ERROR), result(Outcome.ERROR, check="b")], check, table)
    assert {key: one.failures.members for key, one in found.items()} == {table.key: (("a", ""), ("b", ""))}
    newer = fold([result(Outcome.ERROR), result(Outcome.ERROR, check="b")], check)
    assert {key: one.incident for key, one in newer.items()} == {check.key: check, KEY: None}


def test_what_passes_does_so_in_every_incident_that_covers_it():
    table = incident(key=IncidentKey("c", "public", "orders", level=GroupingLevel.TABLE), id="1")
    other = incident(key=replace(KEY, category="uniqueness"), id="2")
    found = fold([result(Outcome.PASSED)], table, incident(id="3"), other)
    assert {one.incident.id: (one.passing, one.failures) for one in found.values()} == {
        "1": ((("a", ""),), None),
        "3": ((("a", ""),), None),
    }


def test_what_passes_without_an_incident_changes_nothing():
    assert fold([result(Outcome.PASSED)]) == {}


@pytest.mark.parametrize(
    ("workspace", "connection", "handling"),
    [
        ({}, {}, Handling()),
        ({"grouping_level": GroupingLevel.TABLE}, {}, Handling(GroupingLevel.TABLE)),
        ({"per_data_group": True}, {"per_data_group": False}, Handling()),
        ({"per_data_group": True}, {"grouping_level": GroupingLevel.CHECK}, Handling(GroupingLevel.CHECK, True)),
    ],
)
def test_a_connection_overrides_its_workspace_setting_by_setting(workspace, connection, handling):
    said = [IncidentSettings("w", "c", **connection), IncidentSettings("w", **workspace)]
    assert policy.in_effect(said, "c") == handling
    assert policy.in_effect(said, "d") == policy.in_effect(said[1:], "c")


def test_only_verdicts_say_anything_of_the_data():
    assert fold([result(Outcome.INCONCLUSIVE), result(Outcome.EXECUTION_ERROR, check="b")], incident()) == {}


def test_passing_members_are_told_apart_by_group():
    found = [result(Outcome.FATAL, group='["de"]'), result(Outcome.PASSED, group='["fr"]')]
    [change] = fold(found, incident()).values()
    assert change.failures is not None
    assert change.failures.members == (("a", '["de"]'),)
    assert change.passing == (("a", '["fr"]'),)


def test_a_member_with_one_failing_partition_fails_though_others_pass():
    [change] = fold([result(Outcome.WARNING), result(Outcome.PASSED, minutes=1)], incident()).values()
    assert change.passing == ()
    assert change.failures is not None
    assert change.failures.members == (("a", ""),)


def test_a_new_incident_has_the_counts_of_its_failures():
    opened = policy.open_incident("w", KEY, failures(Severity.FATAL, 3, (("a", ""), ("b", ""))), "former")
    assert opened.status is IncidentStatus.OPEN
    assert (opened.highest_severity, opened.failure_count, opened.failing_check_count) == (Severity.FATAL, 3, 2)
    assert opened.previous_incident_id == "former"


def test_failures_tell_of_opening_and_escalation_only():
    before = incident()
    worse = replace(before, highest_severity=Severity.FATAL)
    [opened] = policy.failure_events(None, before, ME)
    [escalated] = policy.failure_events(before, worse, ME)
    assert opened.kind is IncidentEventKind.OPENED
    assert (escalated.kind, escalated.severity) == (IncidentEventKind.ESCALATED, Severity.FATAL)
    assert policy.failure_events(worse, worse, ME) == ()


def test_the_last_passing_check_resolves_the_incident():
    step = policy.settle(incident(failing_check_count=2), 1, Act(T0))
    assert (step.incident.status, step.events) == (IncidentStatus.OPEN, ())
    step = policy.settle(step.incident, 0, Act(T0))
    assert (step.incident.status, step.incident.resolve_time) == (IncidentStatus.RESOLVED, T0)
    assert [(event.kind, event.actor) for event in step.events] == [(IncidentEventKind.RESOLVED_AUTOMATICALLY, SYSTEM)]


HOUR = timedelta(hours=1)


def test_what_ended_by_itself_and_failed_a_while_ago_is_reopened_by_a_failure():
    ended = policy.settle(incident(), 0, Act(T0 + HOUR)).incident
    assert policy.flaps(ended, 2 * HOUR, T0 + 2 * HOUR - timedelta(microseconds=1))
    assert not policy.flaps(ended, 2 * HOUR, T0 + 2 * HOUR)
    assert not policy.flaps(ended, timedelta(), T0)
    assert not policy.flaps(actions.resolve(incident(), ME).incident, 2 * HOUR, T0 + HOUR)


def test_flapping_is_counted_and_told_and_keeps_an_acknowledgement():
    known = actions.acknowledge(incident(), ME).incident
    step = policy.flap(policy.settle(known, 0, Act(T0)).incident, Act(T0 + HOUR))
    assert step.incident == replace(known, flap_count=1, failing_check_count=0, open_time=T0 + HOUR)
    again = policy.flap(step.incident, Act(T0 + 2 * HOUR))
    assert (again.incident.open_time, again.incident.flap_count, again.events) == (T0 + HOUR, 2, ())
    assert policy.flaps(step.incident, timedelta(), T0 + HOUR)
    assert not policy.flaps(replace(step.incident, failing_check_count=1), 2 * HOUR, T0 + HOUR)
    assert [event.kind for event in step.events] == [IncidentEventKind.FLAPPED]


def test_what_flaps_ends_when_it_has_been_quiet_for_the_window():
    restless = incident(flap_count=1)
    assert policy.settle(restless, 0, Act(T0 + HOUR), 2 * HOUR) == Step(replace(restless, failing_check_count=0), ())
    assert policy.settle(restless, 1, Act(T0 + 3 * HOUR), 2 * HOUR).events == ()
    assert policy.settle(restless, 0, Act(T0 + 2 * HOUR), 2 * HOUR).incident.resolved_automatically
    assert policy.settle(incident(), 0, Act(T0), 2 * HOUR).incident.status is IncidentStatus.RESOLVED
