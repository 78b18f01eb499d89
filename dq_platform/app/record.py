"""What a run's results do to our store: the results themselves and the incidents they open, count or end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from dq_platform.incidents.maintenance import outside
from dq_platform.incidents.policy import (
    Failures,
    KeyChange,
    Member,
    failure_events,
    flap,
    flaps,
    fold,
    in_effect,
    open_incident,
    settle,
)
from dq_platform.incidents.step import Act, Step
from dq_platform.models.incident import Handling, Incident
from dq_platform.models.metadata import TableKey
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Result
from dq_platform.ports import Tx

log = structlog.get_logger(__name__)


async def record(tx: Tx, workspace_id: str, results: Sequence[Result], now: datetime) -> Sequence[Result]:
    """Write results and incidents, and return the results whose checks still exist; the caller commits.

    What fails in a maintenance window is stored and says nothing to incidents. Runs take turns at the incidents of a
    table if anything fails or has failed there; all others go past them.
    """
    stored = await tx.results.add(results)
    _tell_unmeasured(stored)
    verdicts = await _outside_maintenance(tx, workspace_id, [one for one in stored if one.outcome.is_verdict])
    tables = sorted({_table(result) for result in verdicts})
    failing = any(result.outcome.severity is not None for result in verdicts)
    if tables and (failing or await tx.incidents.has_unresolved(workspace_id, tables)):
        await tx.incidents.hold(tables)
        unresolved = await tx.incidents.unresolved_of_tables(workspace_id, tables)
        connection_ids = {connection_id for connection_id, _, _ in tables}
        settings = await tx.incident_settings.find(workspace_id, connection_ids)
        handlings = {one: in_effect(settings, one) for one in connection_ids}
        run = _Run(tx, workspace_id, Act(now), handlings)
        for change in fold(verdicts, {one: handling.grouping for one, handling in handlings.items()}, unresolved):
            await run.apply(change)
    return stored


async def _outside_maintenance(tx: Tx, workspace_id: str, verdicts: Sequence[Result]) -> Sequence[Result]:
    """The verdicts that incidents hear of; nobody has to be asked if nothing failed."""
    failing = [result for result in verdicts if result.outcome.severity is not None]
    if not failing:
        return verdicts
    times = [result.executed_at for result in failing]
    connection_ids = {result.target.connection_id for result in failing}
    windows = await tx.maintenance_windows.between(workspace_id, connection_ids, min(times), max(times))
    return outside(verdicts, windows)


def _table(result: Result) -> TableKey:
    return result.target.connection_id, result.target.schema_name, result.target.table_name


def _tell_unmeasured(results: Iterable[Result]) -> None:
    """One line for each reason why checks have an execution error, with the checks."""
    checks: dict[str, set[str]] = {}
    for result in results:
        if result.outcome is Outcome.EXECUTION_ERROR:
            checks.setdefault(result.error_reason, set()).add(result.check_id)
    for reason, ids in sorted(checks.items()):
        log.warning("checks.unmeasured", reason=reason, check_ids=sorted(ids))


async def settle_deleted(tx: Tx, affected: Sequence[Incident], act: Act) -> None:
    """End those of the incidents in which nothing fails any more, because the checks that did are deleted."""
    for incident in affected:
        await _store(tx, settle(incident, await tx.incidents.failing_check_count(incident.id), act))


@dataclass(frozen=True, slots=True)
class _Run:
    """One run's changes of incidents: where they go, who makes them when, and what holds for each connection."""

    tx: Tx
    workspace_id: str
    act: Act
    handlings: Mapping[str, Handling]

    async def apply(self, change: KeyChange) -> None:
        incident = change.incident
        if change.failures is not None:
            incident = await self._count(change, change.failures)
        if incident is not None and change.passing:
            await self._settle(incident, change.passing)

    async def _count(self, change: KeyChange, failures: Failures) -> Incident:
        """Open the incident or count in the open one, and tell if it is new or worse."""
        before, incidents = change.incident, self.tx.incidents
        former = None if before else await incidents.former(self.workspace_id, change.key)
        restless = before or former
        if restless is not None and flaps(restless, self._handling(restless).flap_window, self.act.at):
            again = flap(restless, self.act)
            await incidents.update(again.incident)
            await incidents.add_events(again.events)
            before = again.incident
        opening = open_incident(self.workspace_id, change.key, failures, former.id if former else "")
        stored = await incidents.raise_or_count(opening, failures.members)
        await incidents.add_events(failure_events(before, stored, self.act))
        return stored

    async def _settle(self, incident: Incident, passing: Sequence[Member]) -> None:
        """Note what passes; the incident ends with the last of its failing checks."""
        handling = self._handling(incident)
        await self.tx.incidents.mark_passing(incident.id, passing, handling.passing_run_count)
        failing = await self.tx.incidents.failing_check_count(incident.id)
        await _store(self.tx, settle(incident, failing, self.act, handling.flap_window))

    def _handling(self, incident: Incident) -> Handling:
        return self.handlings[incident.key.connection_id]


async def _store(tx: Tx, step: Step) -> None:
    if step.events:
        await tx.incidents.update(step.incident)
        await tx.incidents.add_events(step.events)
