"""Baselines: the columns that checks for changes accept, and how people accept others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dq_platform.app.deps import Deps
from dq_platform.app.metadata import snapshot_of
from dq_platform.app.review import reviewed_note
from dq_platform.checks.drift import described
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.errors import EtagMismatch, WrongState
from dq_platform.execution.drift import compare, drift_of, watched
from dq_platform.execution.precheck import bind, require_possible
from dq_platform.ids import new_id
from dq_platform.incidents.step import Act
from dq_platform.models.baseline import Baseline, ColumnChange
from dq_platform.models.check import Check
from dq_platform.models.connection import Connection
from dq_platform.models.incident import IncidentEvent, IncidentEventKind
from dq_platform.models.metadata import ColumnInfo, TableSnapshot
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx

AT_CREATION = "Taken when the check was created."
BY_A_RUN = "Taken by a run, because there was none."
MAX_PAGE = 100
"""How many baselines a page holds at most: each has all columns of its table."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What somebody accepts, and why: only the changes that they have seen, if `expected` names any.

    With `validate_only` nothing is stored.
    """

    note: str = ""
    expected: Sequence[ColumnChange] = ()
    validate_only: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The baseline that counts from now on, and what was accepted with it, none if nothing had changed."""

    baseline: Baseline
    changes: Sequence[ColumnChange]


def first_baseline(check: Check, snapshot: TableSnapshot, act: Act) -> Baseline:
    """The columns that the check finds, accepted because there is nothing else to compare with."""
    return Baseline(check.id, 1, watched(check, snapshot.columns), (), act.actor, act.note, act.at)


async def baselines_of(tx: Tx, checks: Sequence[Check]) -> dict[str, Baseline]:
    """What the checks compare with, by check id; those that keep no baseline, or have none yet, are left out."""
    return dict(await tx.baselines.current([check.id for check in checks if drift_of(check.check_type)]))


async def list_baselines(deps: Deps, who: Principal, check_id: str, page: PageRequest) -> Page[Baseline]:
    """What the check has accepted, the newest first; nothing if it keeps no baseline."""
    short = replace(page, size=min(page.size, MAX_PAGE))
    async with deps.uow() as tx:
        check = await tx.checks.get(who.workspace_id, check_id)
        return await tx.baselines.list(check.id, short)


async def accept_baseline(deps: Deps, who: Principal, check_id: str, acceptance: Acceptance) -> Accepted:
    """The columns that the source has now, accepted; the former baseline and no changes if they are accepted already.

    Raises WrongState if the check keeps no baseline, or if the changes are not the expected ones; EtagMismatch if
    somebody else accepted in the meantime; TableMissing or ColumnMissing if there is nothing to accept; SourceError.
    """
    act = Act(deps.clock.now(), who.key_name, reviewed_note(acceptance.note))
    async with deps.uow() as tx:
        check = await tx.checks.get(who.workspace_id, check_id)
        connection = await tx.connections.get(who.workspace_id, check.target.connection_id)
        former = (await baselines_of(tx, [check])).get(check.id)
    if drift_of(check.check_type) is None:
        text = f"{check.check_type} checks compare with no baseline, so that there is none to accept."
        raise WrongState("CHECK_WITHOUT_BASELINE", text, check_type=check.check_type)
    columns = await _columns_now(deps, connection, check)
    changes = _changes(check, columns, former)
    _require_expected(acceptance.expected, changes)
    if former is not None and not changes:
        return Accepted(former, ())
    number = former.number + 1 if former else 1
    baseline = Baseline(check.id, number, columns, changes, act.actor, act.note, act.at)
    if not acceptance.validate_only:
        await _store(deps, who, baseline, act)
    return Accepted(baseline, changes)


async def _columns_now(deps: Deps, connection: Connection, check: Check) -> tuple[ColumnInfo, ...]:
    target = check.target
    snapshot = await snapshot_of(deps, connection, target.schema_name, target.table_name, fresh=True)
    require_possible(bind(check), snapshot, ConnectorFactory.get(connection.type).dialect)
    return watched(check, snapshot.columns if snapshot else ())


def _changes(check: Check, columns: Sequence[ColumnInfo], former: Baseline | None) -> tuple[ColumnChange, ...]:
    compared = compare(check, columns, former)
    return compared.changes if compared else ()


def _require_expected(expected: Sequence[ColumnChange], changes: Sequence[ColumnChange]) -> None:
    if expected and set(expected) != set(changes):
        found = described(changes) or "The columns are the accepted ones."
        raise WrongState("UNEXPECTED_CHANGES", f"The changes are not the expected ones, look at them again. {found}")


async def _store(deps: Deps, who: Principal, baseline: Baseline, act: Act) -> None:
    """The baseline, and a word of it in the incidents in which the check fails: its next run may end them."""
    async with deps.uow() as tx:
        incidents = await tx.incidents.unresolved_of_check(who.workspace_id, baseline.check_id)
        if not await tx.baselines.add(baseline):
            raise EtagMismatch("baseline of check", baseline.check_id)
        kind = IncidentEventKind.BASELINE_ACCEPTED
        await tx.incidents.add_events(
            [IncidentEvent(new_id(), one.id, kind, act.actor, act.note, act.at) for one in incidents]
        )
        await tx.commit()
