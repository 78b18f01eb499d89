"""What every dialect says must be valid in the grammar that it names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlglot
from sqlglot.errors import ErrorLevel

from dq_platform.connectors.dialect import Capability, Dialect
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.errors import Unsupported
from dq_platform.models.metadata import DataType
from tests.dialects import DIALECTS

MOMENT = datetime(2024, 7, 1, 12, 30, 15, 250000, tzinfo=UTC)


def expressions(d: Dialect) -> Iterator[str]:
    c, text = d.ident("c"), d.literal("it's \\ a text")
    yield from (d.literal(v) for v in ("x", "\\", True, 5, 0.5, 1e-20, Decimal("1.50"), MOMENT, date(2024, 7, 1)))
    yield d.wall_clock(MOMENT)
    yield from (d.as_text(c), d.as_float(c), d.as_decimal(c), d.as_date(c))
    yield from (d.length(c), d.trim(c), d.trimmed_length(c), d.lower(c), d.upper(c), d.exact(c))
    yield from (d.equals_text(c, text), d.in_texts(c, [text, text]), d.now())
    yield from (d.is_boolean(c, True), d.is_boolean(c, False))
    for kind in (DataType.DATE, DataType.TIMESTAMP, DataType.TIMESTAMP_TZ):
        yield d.seconds_between(d.instant(c, kind), d.now())
        yield d.utc_date(c, kind)
        yield d.period_filter(c, kind, date(2024, 1, 1), date(2024, 2, 1), "Europe/Berlin")
        for monthly in (False, True):
            yield d.period_start(c, kind, monthly=monthly, time_zone="Europe/Berlin")
    yield from (d.count_if("c > 1"), d.mean(c), d.sum(c))
    for sample in (False, True):
        yield from (d.stddev(c, sample=sample), d.variance(c, sample=sample))
    if Capability.PERCENTILE in d.capabilities:
        yield d.percentile(c, "0.5")
    if Capability.REGEX in d.capabilities:
        yield d.matches(c, text)


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_every_fragment_parses_in_the_engines_grammar(dialect: Dialect) -> None:
    for expression in expressions(dialect):
        statement = f"SELECT {expression} FROM {dialect.table('s', 't')}"
        [parsed] = sqlglot.parse(statement, read=dialect.sqlglot, error_level=ErrorLevel.RAISE)
        assert isinstance(parsed, sqlglot.exp.Select), expression


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_what_an_engine_lacks_is_refused(dialect: Dialect) -> None:
    for capability, say in (
        (Capability.REGEX, lambda: dialect.matches("c", dialect.text("a"))),
        (Capability.PERCENTILE, lambda: dialect.percentile("c", "0.5")),
    ):
        if capability not in dialect.capabilities and type(dialect).__name__ != "MySQLDialect":
            with pytest.raises(Unsupported):
                say()


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("value", ["a\x00b", float("nan"), float("inf"), Decimal("NaN")])
def test_what_no_engine_takes_has_no_literal(dialect: Dialect, value: str | float | Decimal) -> None:
    with pytest.raises(ValueError, match="has no SQL literal"):
        dialect.literal(value)


def test_a_table_without_schema_stands_alone() -> None:
    bare = {name: dialect.table("", "t") for name, dialect in DIALECTS.items()}
    ticks = dict.fromkeys(("mysql", "bigquery", "databricks"), "`t`")
    assert bare == dict.fromkeys(DIALECTS, '"t"') | ticks | {"sqlserver": "[t]"}


def test_a_narrow_window_makes_short_sql_where_zones_are_unknown() -> None:
    mysql = ConnectorFactory.get("mysql").dialect
    day = mysql.period_start(
        "c",
        DataType.TIMESTAMP,
        monthly=False,
        time_zone="Europe/Berlin",
        start=date(2024, 7, 1),
        end=date(2024, 7, 8),
    )
    assert day == "CAST(TIMESTAMPADD(SECOND, 7200, c) AS DATE)"
    assert mysql.period_start("c", DataType.TIMESTAMP, monthly=False, time_zone="UTC") == "CAST(c AS DATE)"
