"""Checks: what is measured, and when it is good enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dq_platform.app.baselines import AT_CREATION, first_baseline
from dq_platform.app.changes import changed
from dq_platform.app.deps import Deps
from dq_platform.app.etag import require_etag
from dq_platform.app.metadata import snapshot_of
from dq_platform.app.nearest import with_nearest
from dq_platform.app.other_tables import known_tables
from dq_platform.app.personal import grouping_violations
from dq_platform.app.record import settle_deleted
from dq_platform.app.review import MAX_IDENTIFIER, Review
from dq_platform.app.selectors import review_selector
from dq_platform.checks.other_tables import KnownTables
from dq_platform.checks.validation import CheckDraft, ValidCheck, validate_check
from dq_platform.errors import Invalid, SourceError
from dq_platform.execution.drift import drift_of
from dq_platform.ids import new_id
from dq_platform.incidents.step import Act
from dq_platform.models.baseline import Baseline
from dq_platform.models.check import Check, CheckSelector
from dq_platform.models.connection import Connection
from dq_platform.models.metadata import TableSnapshot
from dq_platform.models.outcome import Severity
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.workspace import Principal

ABOUT = frozenset({"display_name", "description", "labels", "enabled", "error_samples"})
"""Fields that say nothing of what is measured."""
MEASURED = frozenset({"sensor_params", "thresholds", "filter", "partition_column", "group_by", "table_sample"})
OF_THE_TABLE = frozenset(
    {"TABLE_NOT_FOUND", "COLUMN_NOT_FOUND", "COLUMN_TYPE_NOT_ACCEPTED", "INVALID_SQL", "SAMPLE_UNSUPPORTED"}
)
"""Reasons that may be wrong if the table changed since we looked at it."""


@dataclass(frozen=True, slots=True)
class NewCheck:
    """A check as a client sent it: `draft` is what is measured and judged, the rest is about it."""

    draft: CheckDraft
    display_name: str = ""
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    enabled: bool = True
    error_samples: bool = True


@dataclass(frozen=True, slots=True)
class ReadyCheck:
    """A check that can be stored, and its baseline, which must be stored with it; None if it keeps none."""

    check: Check
    baseline: Baseline | None


@dataclass(frozen=True, slots=True)
class KnownTarget:
    """The table that a draft checks, None if there is none, and the others that it names."""

    snapshot: TableSnapshot | None
    others: KnownTables


async def create_check(deps: Deps, who: Principal, new: NewCheck) -> Check:
    """The new check, complete with defaults; if it keeps a baseline, that is what its source has now.

    Raises Invalid with everything that is wrong, Unsupported, SourceError if the source fails and the table is not
    known yet or has to be looked at for the baseline.
    """
    ready = await valid_check(deps, who, new)
    async with deps.uow() as tx:
        await tx.checks.add(ready.check)
        if ready.baseline is not None:
            await tx.baselines.add(ready.baseline)
        await tx.commit()
    return ready.check


async def valid_check(deps: Deps, who: Principal, new: NewCheck) -> ReadyCheck:
    """The check as it would be stored. Raises as `create_check` does."""
    _review_target(new.draft)
    connection = await _connection(deps, who, new.draft.target.connection_id)
    keeps_baseline = drift_of(new.draft.check_type) is not None
    try:
        valid, snapshot = await _validated(deps, connection, new, fresh=keeps_baseline)
    except Invalid as error:
        raise await with_nearest(deps, connection, new.draft.target, error) from error
    now = deps.clock.now()
    about = Check(
        id=new_id(),
        workspace_id=who.workspace_id,
        target=replace(valid.target, connection_id=connection.id),
        check_type=valid.check_type,
        mode=valid.mode,
        time_scale=valid.time_scale,
        create_time=now,
        update_time=now,
        display_name=new.display_name,
        description=new.description,
        labels=dict(new.labels),
        enabled=new.enabled,
        error_samples=new.error_samples,
    )
    check = _with_measured(about, valid)
    if not keeps_baseline or snapshot is None:
        return ReadyCheck(check, None)
    return ReadyCheck(check, first_baseline(check, snapshot, Act(now, who.key_name, AT_CREATION)))


async def get_check(deps: Deps, who: Principal, id: str) -> Check:
    async with deps.uow() as tx:
        return await tx.checks.get(who.workspace_id, id)


async def list_checks(deps: Deps, who: Principal, selector: CheckSelector, page: PageRequest) -> Page[Check]:
    """Checks that match, by creation, disabled ones too."""
    review = Review()
    review_selector(review, selector, "")
    review.done()
    async with deps.uow() as tx:
        return await tx.checks.list(who.workspace_id, selector, page)


async def update_check(deps: Deps, who: Principal, id: str, changes: Mapping[str, object], etag: str = "") -> Check:
    """The changed check, verified as a new one is, unless nothing changes that is measured or judged.

    `sensor_params` and the values of `thresholds` (by Severity) are plain JSON, as in a draft. A check that is to have
    no error samples loses those that it has. Raises EtagMismatch.
    """
    before = await get_check(deps, who, id)
    require_etag("check", id, before.version, etag)
    about = {name: value for name, value in changes.items() if name not in MEASURED}
    after = changed(before, about, ABOUT, "check")
    draft = replace(draft_of(before), **_measured_changes(changes))
    new = NewCheck(draft, after.display_name, after.description, after.labels, after.enabled)
    if draft == draft_of(before):
        _review_about(new).done()
    else:
        connection = await _connection(deps, who, before.target.connection_id)
        valid, _ = await _validated(deps, connection, new)
        after = _with_measured(after, valid)
    after = replace(after, update_time=deps.clock.now())
    async with deps.uow() as tx:
        await tx.checks.update(after, before.version)
        if before.error_samples and not after.error_samples:
            await tx.samples.delete_of_check(after.id)
        await tx.commit()
    return replace(after, version=before.version + 1)


async def delete_check(deps: Deps, who: Principal, id: str, etag: str = "", *, delete_results: bool = False) -> None:
    """Delete the check and its baselines; incidents in which it alone failed end.

    Its results stay as long as others, unless they are to be deleted: then cron does, soon. Raises EtagMismatch.
    """
    async with deps.uow() as tx:
        # As a run does: its check is locked before its incidents.
        check = await tx.checks.get(who.workspace_id, id, lock=True)
        require_etag("check", id, check.version, etag)
        affected = await tx.incidents.unresolved_of_check(who.workspace_id, id)
        now = deps.clock.now()
        await tx.checks.delete(who.workspace_id, id)
        if delete_results:
            await tx.results.delete_later(check, now)
        await settle_deleted(tx, affected, Act(now, who.key_name, "The check that failed was deleted."))
        await tx.commit()


def draft_of(check: Check) -> CheckDraft:
    """What a client would send to get this check."""
    thresholds = {severity: params for severity in Severity if (params := check.thresholds.of(severity)) is not None}
    return CheckDraft(
        target=check.target,
        check_type=check.check_type,
        mode=check.mode,
        time_scale=check.time_scale,
        sensor_params=check.sensor_params,
        thresholds=thresholds,
        filter=check.filter,
        partition_column=check.partition_column,
        group_by=check.group_by,
        table_sample=check.table_sample,
    )


async def _validated(
    deps: Deps, connection: Connection, new: NewCheck, *, fresh: bool = False
) -> tuple[ValidCheck, TableSnapshot | None]:
    """The draft, complete, and the table that it was held against, as it is now if `fresh`.

    Otherwise what we know of its tables may be outdated: if that makes it wrong, we look again.
    """
    target = new.draft.target
    known = await snapshot_of(deps, connection, target.schema_name, target.table_name, fresh=fresh)
    others = await known_tables(deps, connection, new.draft)
    review = _review_about(new)
    review.add(await grouping_violations(deps, connection.id, new.draft))
    try:
        return _checked(new.draft, connection, KnownTarget(known, others), review), known
    except Invalid as first:
        if fresh or known is None or not any(violation.reason in OF_THE_TABLE for violation in first.violations):
            raise
        try:
            known = await snapshot_of(deps, connection, target.schema_name, target.table_name, fresh=True)
            others = await known_tables(deps, connection, new.draft, fresh=True)
        except SourceError:
            raise first from None
    return _checked(new.draft, connection, KnownTarget(known, others), review), known


def _checked(draft: CheckDraft, connection: Connection, tables: KnownTarget, review: Review) -> ValidCheck:
    """Raises Invalid with what was found before, too."""
    try:
        valid = validate_check(draft, tables.snapshot, connection.type, tables.others)
    except Invalid as error:
        raise Invalid([*review.violations, *error.violations]) from error
    review.done()
    return valid


async def _connection(deps: Deps, who: Principal, id: str) -> Connection:
    async with deps.uow() as tx:
        return await tx.connections.get(who.workspace_id, id)


def _measured_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if name in MEASURED}


def _with_measured(check: Check, valid: ValidCheck) -> Check:
    return replace(
        check,
        sensor_params=valid.sensor_params,
        thresholds=valid.thresholds,
        filter=valid.filter,
        partition_column=valid.partition_column,
        group_by=valid.group_by,
        table_sample=valid.table_sample,
    )


def _review_target(draft: CheckDraft) -> None:
    review = Review("check.target")
    for name in ("schema_name", "table_name", "column_name"):
        review.text(name, getattr(draft.target, name), most=MAX_IDENTIFIER)
    review.done()


def _review_about(new: NewCheck) -> Review:
    review = Review("check")
    review.names(new.display_name, new.description, required=False)
    review.labels(new.labels)
    return review
