from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from dq_platform.incidents import actions, policy
from dq_platform.incidents.policy import Failures
from dq_platform.incidents.step import SYSTEM, Act, Step
from dq_platform.models.incident import (
    Grouping,
    GroupingLevel,
    Handling,
    Incident,
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


@pytest.mark.parametrize(
    ("severity", "highest"), [(Severity.FATAL, Severity.FATAL), (Severity.WARNING, Severity.ERROR)]
)
def test_the_highest_severity_rises_and_never_falls(severity, highest):
    more = policy.add_failures(incident(), failures(severity, 2), failing_check_count=2)
    assert (more.highest_severity, more.failure_count, more.failing_check_count) == (highest, 3, 2)


def test_failures_tell_of_opening_and_escalation_only():
    before = incident()
    worse = policy.add_failures(before, failures(Severity.FATAL), 1)
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


class OneKey(RuleBasedStateMachine):
    """Runs and people act on one key in any order; a plain set of failing members is the model."""

    members = Bundle("members")

    @initialize()
    def start(self) -> None:
        self.incident: Incident | None = None
        self.former: list[Incident] = []
        self.failing: set[tuple[str, str]] = set()
        self.events: list[IncidentEventKind] = []
        self.counted = 0
        self.worst = 0
        self.now = T0

    def act(self) -> Act:
        self.now += timedelta(minutes=1)
        return Act(self.now)

    def apply(self, step: Step) -> None:
        self.incident = step.incident
        self.events += [event.kind for event in step.events]
        if step.incident.status is IncidentStatus.RESOLVED:
            self.former.append(step.incident)
            self.incident = None
            self.failing, self.counted, self.worst = set(), 0, 0

    @rule(
        runs=st.lists(
            st.tuples(st.sampled_from("abc"), st.sampled_from(["", '["x"]']), st.sampled_from(Outcome)),
            min_size=1,
            max_size=5,
            unique_by=lambda run: run[:2],
        )
    )
    def run(self, runs) -> None:
        results = [result(outcome, check=check, group=group) for check, group, outcome in runs]
        for change in fold(results, *([self.incident] if self.incident else [])).values():
            if change.failures is not None:
                self.fail(change.failures)
            if self.incident is not None:
                self.failing -= set(change.passing)
                self.apply(policy.settle(self.incident, len(self.failing), self.act()))

    def fail(self, found: Failures) -> None:
        self.failing |= set(found.members)
        self.counted += found.count
        self.worst = max(self.worst, found.severity)
        before = self.incident
        if before is None:
            stored = policy.open_incident("w", KEY, found, self.former[-1].id if self.former else "")
        else:
            stored = policy.add_failures(before, found, len(self.failing))
        self.events += [event.kind for event in policy.failure_events(before, stored, self.act())]
        self.incident = stored

    @precondition(lambda self: self.incident and self.incident.status is IncidentStatus.OPEN)
    @rule()
    def acknowledge(self) -> None:
        self.apply(actions.acknowledge(self.incident, self.act()))

    @precondition(lambda self: self.incident)
    @rule()
    def resolve(self) -> None:
        self.apply(actions.resolve(self.incident, self.act()))

    @precondition(lambda self: self.incident)
    @rule(days=st.integers(1, 30))
    def mute(self, days) -> None:
        act = self.act()
        self.apply(actions.mute(self.incident, act.at + timedelta(days=days), act))

    @invariant()
    def an_unresolved_incident_has_failing_members_and_true_counts(self) -> None:
        if self.incident is not None:
            assert self.incident.failing_check_count == len(self.failing) > 0
            assert self.incident.failure_count == self.counted
            assert self.incident.highest_severity == self.worst
            assert self.incident.resolve_time is None

    @invariant()
    def every_incident_is_opened_once_and_resolved_at_most_once(self) -> None:
        opened = self.events.count(IncidentEventKind.OPENED)
        ended = sum(
            kind in (IncidentEventKind.RESOLVED, IncidentEventKind.RESOLVED_AUTOMATICALLY) for kind in self.events
        )
        assert opened == len(self.former) + (self.incident is not None)
        assert ended == len(self.former)

    @invariant()
    def each_incident_names_the_one_before_it(self) -> None:
        chain = [*self.former, *([self.incident] if self.incident else [])]
        assert [later.previous_incident_id for later in chain[1:]] == [earlier.id for earlier in chain[:-1]]


OneKey.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=25)
TestOneKey = OneKey.TestCase
