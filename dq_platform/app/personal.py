"""Columns with personal data: no check groups by one, for groups are named in results, incidents and messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dq_platform.app.deps import Deps
from dq_platform.app.review import Review
from dq_platform.checks.validation import CheckDraft
from dq_platform.errors import Violation
from dq_platform.models.check import Check
from dq_platform.models.metadata import TableSettings
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx

SHOWN_CHECKS = 10


async def grouping_violations(deps: Deps, connection_id: str, draft: CheckDraft) -> list[Violation]:
    """Levels of the draft's data grouping that are columns of its table which are marked as personal."""
    if not any(level.column for level in draft.group_by):
        return []
    async with deps.uow() as tx:
        settings = await tx.tables.settings(connection_id, draft.target.schema_name, draft.target.table_name)
    return [
        Violation(f"check.group_by[{place}].column", _personal(level.column), "PERSONAL_COLUMN")
        for place, level in enumerate(draft.group_by)
        if level.column in settings.pii_columns
    ]


async def mark(tx: Tx, who: Principal, settings: TableSettings, before: TableSettings) -> None:
    """What goes with columns that are marked from now on: samples that may hold their values are deleted.

    Raises Invalid if checks group by one of them.
    """
    added = set(settings.pii_columns).difference(before.pii_columns)
    if not added:
        return
    checks = await tx.checks.of_table(
        who.workspace_id, settings.connection_id, settings.schema_name, settings.table_name
    )
    _review_marked(settings.pii_columns, added, checks)
    await tx.samples.delete_of_table(settings.connection_id, settings.schema_name, settings.table_name)


def _review_marked(columns: Sequence[str], added: Collection[str], checks: Sequence[Check]) -> None:
    review = Review("table_settings")
    for place, name in enumerate(columns):
        grouping = [check.id for check in checks if any(level.column == name for level in check.group_by)]
        if name in added and grouping:
            more = ", …" if len(grouping) > SHOWN_CHECKS else ""
            listed = ", ".join(grouping[:SHOWN_CHECKS]) + more
            text = f"checks group by {name!r}; change or delete them first: {listed}."
            review.wrong(f"pii_columns[{place}]", text, "GROUPED_BY")
    review.done()


def _personal(column: str) -> str:
    return f"{column!r} is marked as personal in the table's settings; groups would show its values."
