from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dq_platform.errors import Invalid, WrongState
from dq_platform.incidents import actions, policy
from dq_platform.incidents.step import Act
from dq_platform.models.incident import IncidentEventKind, IncidentStatus
from tests.unit.incidents.builders import KEY, ME, incident


def test_acknowledging_notes_when_and_who():
    step = actions.acknowledge(incident(), ME)
    assert (step.incident.status, step.incident.acknowledge_time) == (IncidentStatus.ACKNOWLEDGED, ME.at)
    [event] = step.events
    assert (event.kind, event.actor, event.note) == (IncidentEventKind.ACKNOWLEDGED, "ann", "on it")


def test_acknowledging_twice_is_a_wrong_state():
    with pytest.raises(WrongState) as caught:
        actions.acknowledge(actions.acknowledge(incident(), ME).incident, ME)
    assert caught.value.reason == "INCIDENT_ALREADY_ACKNOWLEDGED"


@pytest.mark.parametrize(
    "act",
    [
        lambda done: actions.acknowledge(done, ME),
        lambda done: actions.resolve(done, ME),
        lambda done: actions.mute(done, ME.at + timedelta(days=1), ME),
        lambda done: policy.settle(done, 0, ME),
    ],
)
def test_nothing_happens_to_a_resolved_incident(act):
    with pytest.raises(WrongState) as caught:
        act(actions.resolve(incident(), ME).incident)
    assert caught.value.reason == "INCIDENT_ALREADY_RESOLVED"


def test_muting_needs_a_date_in_the_future():
    assert actions.mute(incident(), ME.at + timedelta(1), ME).incident.mute_until_time == ME.at + timedelta(1)
    with pytest.raises(Invalid) as caught:
        actions.mute(incident(), ME.at, ME)
    assert caught.value.violations[0].reason == "TIME_IN_THE_PAST"


def test_an_incident_is_excluded_from_training_and_included_again_over_or_not():
    for status in IncidentStatus:
        excluded = actions.exclude_from_training(incident(status=status), ME)
        assert (excluded.incident.excluded_from_training, excluded.incident.status) == (True, status)
        [event] = excluded.events
        assert (event.kind, event.actor, event.note) == (IncidentEventKind.EXCLUDED_FROM_TRAINING, "ann", "on it")
        with pytest.raises(WrongState, match="excluded from training already"):
            actions.exclude_from_training(excluded.incident, ME)
        included = actions.include_in_training(excluded.incident, ME)
        assert included.incident == incident(id=included.incident.id, status=status)
        assert [event.kind for event in included.events] == [IncidentEventKind.INCLUDED_IN_TRAINING]
        with pytest.raises(WrongState, match="is not excluded"):
            actions.include_in_training(included.incident, ME)


def test_reopening_takes_an_incident_back_to_where_it_was():
    for before, status in (
        (incident(escalate_time=None), IncidentStatus.OPEN),
        (actions.acknowledge(incident(), ME).incident, IncidentStatus.ACKNOWLEDGED),
    ):
        step = actions.reopen(actions.resolve(before, ME).incident, [incident(key=replace(KEY, category="text"))], ME)
        assert step.incident == replace(before, status=status, open_time=ME.at)
        assert [event.kind for event in step.events] == [IncidentEventKind.REOPENED]


def test_an_incident_is_not_reopened_beside_a_newer_one_of_its_key_nor_if_it_is_not_resolved():
    with pytest.raises(WrongState, match="is not resolved") as caught:
        actions.reopen(incident(), [], ME)
    assert caught.value.reason == "INCIDENT_NOT_RESOLVED"
    newer = incident()
    with pytest.raises(WrongState, match=newer.id) as caught:
        actions.reopen(actions.resolve(incident(), ME).incident, [newer], ME)
    assert caught.value.reason == "INCIDENT_SUPERSEDED"


def test_unmuting_is_for_what_is_muted():
    muted = actions.mute(incident(), ME.at + timedelta(days=1), ME).incident
    step = actions.unmute(muted, ME)
    assert (step.incident.mute_until_time, step.events[0].kind) == (None, IncidentEventKind.UNMUTED)
    for quiet, at in ((incident(), ME.at), (muted, ME.at + timedelta(days=1))):
        with pytest.raises(WrongState, match="is not muted"):
            actions.unmute(quiet, Act(at))


def test_assignee_and_ticket_are_told_by_their_events_resolved_or_not():
    for before in (incident(), actions.resolve(incident(), ME).incident):
        assigned = actions.assign(before, "ann", ME)
        linked = actions.link_ticket(before, "https://t.example.com/7", ME)
        assert (assigned.incident.assignee, linked.incident.ticket_url) == ("ann", "https://t.example.com/7")
        told = [(event.kind, event.detail, event.note) for event in (*assigned.events, *linked.events)]
        assert told == [
            (IncidentEventKind.ASSIGNED, "ann", "on it"),
            (IncidentEventKind.TICKET_LINKED, "https://t.example.com/7", "on it"),
        ]
