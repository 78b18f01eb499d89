"""What users may say of a table, reviewed against its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dq_platform.app.review import Review
from dq_platform.checks.sensor_params import booleans_of
from dq_platform.checks.user_sql import SqlRefused, parse_condition
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.models.metadata import TableSettings, TableSnapshot
from dq_platform.spelling import did_you_mean

MAX_ID_COLUMNS = 10
SHOWN_NAMES = 50


def reviewed_settings(settings: TableSettings, snapshot: TableSnapshot, connection_type: str) -> TableSettings:
    """The settings in normal form: each column once. Raises Invalid with everything that is wrong."""
    columns = [column.name for column in snapshot.columns]
    review = Review("table_settings")
    condition = _condition(review, settings.filter, connection_type, snapshot)
    ids = _columns(review, "id_columns", settings.id_columns, columns)
    pii = _columns(review, "pii_columns", settings.pii_columns, columns)
    if len(ids) > MAX_ID_COLUMNS:
        review.wrong("id_columns", f"has {len(ids)} columns; at most {MAX_ID_COLUMNS} are allowed.", "TOO_MANY")
    review.done()
    return replace(settings, filter=condition, id_columns=ids, pii_columns=pii)


def _condition(review: Review, text: str, connection_type: str, snapshot: TableSnapshot) -> str:
    if not text:
        return ""
    columns, grammar = snapshot.columns, ConnectorFactory.get(connection_type).dialect.sqlglot
    try:
        return parse_condition(text, grammar, [column.name for column in columns], booleans_of(columns))
    except SqlRefused as error:
        review.wrong("filter", str(error), "INVALID_SQL")
        return text


def _columns(review: Review, field: str, names: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
    for place, name in enumerate(names):
        if name not in columns:
            more = ", …" if len(columns) > SHOWN_NAMES else ""
            hint = did_you_mean(name, columns) or f"; its columns are: {', '.join(columns[:SHOWN_NAMES])}{more}."
            review.wrong(f"{field}[{place}]", f"the table has no column {name[:100]!r}{hint}", "COLUMN_NOT_FOUND")
    return tuple(dict.fromkeys(names))
