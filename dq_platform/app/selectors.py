"""Selectors of checks: what is wrong with one, and what it selects."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from dq_platform.app.review import MAX_IDENTIFIER, Review
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.errors import NotFound
from dq_platform.models.check import Check, CheckNames, CheckSelector
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx
from dq_platform.spelling import did_you_mean, nearest

MAX_CHECK_IDS = 10_000
MAX_CONNECTIONS = 1_000
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


async def review_names(review: Review, tx: Tx, workspace_id: str, selector: CheckSelector) -> None:
    """Add every field of the selector that names what does not exist, with the nearest that does.

    A place or a label exists if a check, enabled or not, is of it. Where there are no checks yet, any will do.
    """
    await _review_ids(review, tx, workspace_id, selector)
    connection_id = selector.connection_id
    if connection_id and not await is_connection(tx, workspace_id, connection_id):
        names = await tx.connections.display_names(workspace_id, MAX_CONNECTIONS)
        hint = _connection_hint(connection_id, names)
        review.wrong("selector.connection_id", f"there is no {connection_id[:64]!r}{hint}", "CONNECTION_NOT_FOUND")
    elif selector.schema_name or selector.table_pattern or selector.labels:
        _review_places(review, selector, await tx.checks.names(workspace_id, connection_id))


async def selected(tx: Tx, who: Principal, selector: CheckSelector) -> list[Check]:
    """The enabled checks that match. Raises Invalid if a check named by its id does not exist, or if none matches."""
    review = Review()
    await _review_ids(review, tx, who.workspace_id, selector)
    review.done()
    checks = list(await tx.checks.select(who.workspace_id, selector))
    if not checks:
        review.wrong("selector", "matches no check that is enabled.", "NO_CHECKS_SELECTED")
        await review_names(review, tx, who.workspace_id, selector)
        review.done()
    return checks


async def _review_ids(review: Review, tx: Tx, workspace_id: str, selector: CheckSelector) -> None:
    if not selector.check_ids:
        return
    known = {check.id for check in await tx.checks.get_many(workspace_id, selector.check_ids)}
    missing = [check_id for check_id in selector.check_ids if check_id not in known]
    for check_id in missing[:SHOWN_MISSING]:
        review.wrong("selector.check_ids", f"check {check_id[:64]!r} does not exist.", "CHECK_NOT_FOUND")


async def is_connection(tx: Tx, workspace_id: str, id: str) -> bool:
    """Whether the workspace has it."""
    try:
        await tx.connections.get(workspace_id, id)
    except NotFound:
        return False
    return True


def _connection_hint(wanted: str, names: Mapping[str, str]) -> str:
    """The id of the connection whose name, or id, the text resembles."""
    by_name = {name: connection_id for connection_id, name in names.items()}
    near = nearest(wanted, [*by_name, *names], limit=1)
    if not near:
        return "."
    meant = by_name.get(near[0], near[0])
    return f"; did you mean {meant!r}, which is {names[meant]!r}?"


def _review_places(review: Review, selector: CheckSelector, names: CheckNames) -> None:
    if not names.tables:
        return
    schema, pattern = selector.schema_name, selector.table_pattern
    if schema and schema not in names.schemas:
        hint = did_you_mean(schema, names.schemas) or "."
        review.wrong("selector.schema_name", f"no check is of schema {schema!r}{hint}", "UNKNOWN_SCHEMA")
    if pattern and not any(map(_expression(pattern).fullmatch, names.tables)):
        hint = did_you_mean(pattern, names.tables) or "; it is compared with `schema.table`."
        review.wrong("selector.table_pattern", f"no table with checks is like {pattern!r}{hint}", "UNKNOWN_TABLE")
    for key, value in selector.labels.items():
        if (key, value) not in names.labels:
            review.wrong(f"selector.labels.{key}", _unknown_label(key, value, names.labels), "UNKNOWN_LABEL")


def _expression(pattern: str) -> re.Pattern[str]:
    """A pattern of `*` and `?` as a regular expression."""
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(character) or re.escape(character) for character in pattern), re.DOTALL)


def _unknown_label(key: str, value: str, known: Collection[tuple[str, str]]) -> str:
    values = {one for name, one in known if name == key}
    if not values:
        return f"no check has a label {key!r}{did_you_mean(key, {name for name, _ in known}) or '.'}"
    return f"no check has the label {key!r} with the value {value!r}{did_you_mean(value, values) or '.'}"
