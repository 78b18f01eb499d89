"""Selectors of checks: what is wrong with one, and what it selects."""

from __future__ import annotations

from dq_platform.app.review import MAX_IDENTIFIER, Review
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.errors import Invalid
from dq_platform.models.check import Check, CheckSelector
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx
from dq_platform.spelling import did_you_mean

MAX_CHECK_IDS = 10_000
SHOWN_MISSING = 20


def review_selector(review: Review, selector: CheckSelector, field: str = "selector") -> None:
    """Add everything that is wrong with the selector itself."""
    prefix = f"{field}." if field else ""
    if len(selector.check_ids) > MAX_CHECK_IDS:
        review.wrong(f"{prefix}check_ids", f"holds {len(selector.check_ids)}; at most {MAX_CHECK_IDS}.", "TOO_MANY")
    review.text(f"{prefix}schema_name", selector.schema_name, most=MAX_IDENTIFIER)
    review.text(f"{prefix}table_pattern", selector.table_pattern, most=MAX_IDENTIFIER)
    review.labels(selector.labels, f"{prefix}labels")
    if selector.check_type and CHECK_REGISTRY.find(selector.check_type) is None:
        hint = CHECK_REGISTRY.hint(selector.check_type) or "."
        review.wrong(f"{prefix}check_type", f"there is no {selector.check_type!r}{hint}", "UNKNOWN_CHECK_TYPE")
    categories = {check_type.category for check_type in CHECK_REGISTRY.items()}
    if selector.category and selector.category not in categories:
        hint = did_you_mean(selector.category, categories) or "."
        review.wrong(f"{prefix}category", f"there is no {selector.category!r}{hint}", "UNKNOWN_CATEGORY")


async def selected(tx: Tx, who: Principal, selector: CheckSelector) -> list[Check]:
    """The enabled checks that match. Raises Invalid if a check named by its id does not exist, or if none matches."""
    if selector.check_ids:
        known = {check.id for check in await tx.checks.get_many(who.workspace_id, selector.check_ids)}
        _refuse_missing([check_id for check_id in selector.check_ids if check_id not in known])
    checks = list(await tx.checks.select(who.workspace_id, selector))
    if not checks:
        raise Invalid.one("selector", "matches no check that is enabled.", "NO_CHECKS_SELECTED")
    return checks


def _refuse_missing(ids: list[str]) -> None:
    review = Review()
    for check_id in ids[:SHOWN_MISSING]:
        review.wrong("selector.check_ids", f"check {check_id[:64]!r} does not exist.", "CHECK_NOT_FOUND")
    review.done()
