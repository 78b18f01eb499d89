"""Runs, people, cron and changes of the settings act on the incidents of one table in any order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dq_platform.incidents import actions, policy
from dq_platform.incidents.step import Act
from dq_platform.models.incident import GroupingLevel, Handling, IncidentEventKind, IncidentStatus
from dq_platform.models.outcome import Outcome
from tests.unit.incidents.builders import T0, result

CATEGORIES = {"a": "nulls", "b": "nulls", "c": "text"}
OPENING = (IncidentEventKind.OPENED, IncidentEventKind.REOPENED, IncidentEventKind.FLAPPED)
ENDING = (IncidentEventKind.RESOLVED, IncidentEventKind.RESOLVED_AUTOMATICALLY)
HOUR = timedelta(hours=1)
RUNS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["", '["x"]']), st.sampled_from(Outcome)),
    min_size=1,
    max_size=5,
)
HANDLINGS = st.builds(
    Handling,
    grouping_level=st.sampled_from(GroupingLevel),
    per_data_group=st.booleans(),
    passing_run_count=st.integers(1, 3),
    flap_window=st.sampled_from([timedelta(), 2 * HOUR, 12 * HOUR]),
)


def counted(incident, failures, failing_check_count):
    """As the store counts further failures in an incident."""
    assert incident.status is not IncidentStatus.RESOLVED
    return replace(
        incident,
        highest_severity=max(incident.highest_severity, failures.severity),
        failure_count=incident.failure_count + failures.count,
        failing_check_count=failing_check_count,
        first_seen_time=min(incident.first_seen_time, failures.first_time),
        last_seen_time=max(incident.last_seen_time, failures.last_time),
    )


class Life(RuleBasedStateMachine):
    """The store is a mapping of incidents, and of their failing members to how often these passed since."""

    @initialize()
    def start(self) -> None:
        self.now, self.handling = T0, Handling()
        self.incidents, self.failing, self.events = {}, {}, {}
        self.failures, self.last_failing = 0, set()

    def act(self) -> Act:
        return Act(self.now)

    def keep(self, step) -> None:
        self.incidents[step.incident.id] = step.incident
        self.events.setdefault(step.incident.id, []).extend(event.kind for event in step.events)

    def unresolved(self):
        return [one for one in self.incidents.values() if one.status is not IncidentStatus.RESOLVED]

    @rule(hours=st.integers(1, 13))
    def wait(self, hours) -> None:
        self.now += hours * HOUR

    @rule(handling=HANDLINGS)
    def handle(self, handling) -> None:
        self.handling = handling

    @rule(runs=RUNS)
    def run(self, runs) -> None:
        minutes = (self.now - T0) // timedelta(minutes=1)
        found = [
            result(out, check=one, group=group, minutes=minutes, category=CATEGORIES[one]) for one, group, out in runs
        ]
        self.last_failing = {(one.check_id, one.data_group) for one in found if one.outcome.severity}
        self.failures += sum(one.outcome.severity is not None for one in found)
        for change in policy.fold(found, {"c": self.handling.grouping}, self.unresolved()):
            incident = change.incident
            if change.failures is not None:
                incident = self.count(change, change.failures)
            if change.passing:
                self.settle(incident, change.passing)

    def count(self, change, found):
        before = change.incident
        former = None if before else self.former(change.key)
        restless = before or former
        if restless and policy.flaps(restless, self.handling.flap_window, self.now):
            self.keep(policy.flap(restless, self.act()))
            before = self.incidents[restless.id]
        if before is None:
            stored = policy.open_incident("w", change.key, found, former.id if former else "")
        else:
            members = {*self.failing[before.id], *found.members}
            stored = counted(before, found, len(members))
        self.keep(policy.Step(stored, policy.failure_events(before, stored, self.act())))
        self.failing.setdefault(stored.id, {}).update(dict.fromkeys(found.members, 0))
        return stored

    def former(self, key):
        ended = [one for one in self.incidents.values() if one.key == key and one.resolve_time is not None]
        return max(ended, key=lambda one: (one.resolve_time, one.id), default=None)

    def settle(self, incident, passing) -> None:
        failing = self.failing[incident.id]
        for member in passing:
            if member in failing:
                failing[member] += 1
                if failing[member] >= self.handling.passing_run_count:
                    del failing[member]
        self.keep(policy.settle(incident, len(failing), self.act(), self.handling.flap_window))

    @rule()
    def end_quiet(self) -> None:
        for one in self.unresolved():
            if (
                one.flap_count
                and not self.failing[one.id]
                and self.now - one.last_seen_time >= self.handling.flap_window
            ):
                self.keep(policy.settle(one, 0, self.act()))

    @precondition(lambda self: self.unresolved())
    @rule(data=st.data())
    def acknowledge_or_resolve(self, data) -> None:
        one = data.draw(st.sampled_from(self.unresolved()))
        wanted = actions.acknowledge if data.draw(st.booleans()) else actions.resolve
        if wanted is actions.resolve or one.status is IncidentStatus.OPEN:
            self.keep(wanted(one, self.act()))

    @precondition(lambda self: len(self.incidents) > len(self.unresolved()))
    @rule(data=st.data())
    def reopen(self, data) -> None:
        keys = {one.key for one in self.unresolved()}
        ended = [one for one in self.incidents.values() if one.resolve_time and one.key not in keys]
        if ended:
            self.keep(actions.reopen(data.draw(st.sampled_from(ended)), self.unresolved(), self.act()))

    @invariant()
    def a_key_has_one_unresolved_incident_at_most(self) -> None:
        assert max(Counter(one.key for one in self.unresolved()).values(), default=1) == 1

    @invariant()
    def every_failure_is_counted_once(self) -> None:
        assert sum(one.failure_count for one in self.incidents.values()) == self.failures

    @invariant()
    def opening_and_ending_take_turns_and_an_incident_is_opened_once(self) -> None:
        for one in self.incidents.values():
            turns = [kind for kind in self.events[one.id] if kind in OPENING + ENDING]
            assert [kind in OPENING for kind in turns] == [index % 2 == 0 for index in range(len(turns))]
            assert (turns[0], turns.count(turns[0])) == (IncidentEventKind.OPENED, 1)
            # What flaps already and is open does so once more without an event.
            assert turns.count(IncidentEventKind.FLAPPED) <= one.flap_count
            assert (turns[-1] in ENDING) == (one.status is IncidentStatus.RESOLVED) == (one.resolve_time is not None)
            assert one.resolved_automatically == (turns[-1] is IncidentEventKind.RESOLVED_AUTOMATICALLY)

    @invariant()
    def what_stays_open_fails_or_was_reopened_or_flaps(self) -> None:
        for one in self.unresolved():
            reopened = IncidentEventKind.REOPENED in self.events[one.id]
            assert self.failing[one.id] or reopened or one.flap_count

    @rule(runs=RUNS)
    def what_fails_now_fails_in_an_open_incident(self, runs) -> None:
        self.run(runs)
        assert self.last_failing <= {member for one in self.unresolved() for member in self.failing[one.id]}

    @invariant()
    def an_incident_names_an_older_one_of_its_key(self) -> None:
        for one in self.incidents.values():
            if one.previous_incident_id:
                former = self.incidents[one.previous_incident_id]
                assert (former.key, former.id < one.id) == (one.key, True)


Life.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=25)
TestLife = Life.TestCase
