"""Whether a check may be measured on a sample of its table: what it measures, and what the engine has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.sensors.statistic import Statistic
from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.factory import ConnectorFactory
from dq_platform.errors import Violation
from dq_platform.models.metadata import DataType, TableKind
from dq_platform.models.table_sample import LEAST_PERCENT, SampleMethod, TableSample
from dq_platform.models.values import Params

PATH = "check.table_sample"
FRACTION = "percentile_value"
SHOWN = 10
"""How many check types a refusal names."""


@dataclass(frozen=True, slots=True)
class SampledTable:
    """What a sample is to be taken of; `data_type` is that of the checked column, None without one."""

    engine: str
    kind: TableKind
    data_type: DataType | None = None


def sample_violations(
    sample: TableSample | None, check_type: CheckType, params: Params, table: SampledTable
) -> Iterator[Violation]:
    """What is wrong with the wish for a sample, and what would be right; nothing if there is no such wish."""
    if sample is None:
        return
    if not LEAST_PERCENT <= sample.percent < 100:
        text = f"must be from {LEAST_PERCENT:f} to less than 100, not {sample.percent:.10g}."
        yield Violation(f"{PATH}.percent", text, "OUT_OF_RANGE")
    if check_type.sample_refusal:
        text = f"{check_type.sample_refusal}{_instead(check_type, table.data_type)}"
        yield Violation(PATH, text, "SAMPLE_NOT_ALLOWED")
    elif check_type.statistic is Statistic.PERCENTILE and params.get(FRACTION) in (0, 1):
        text = "0 and 1 are the least and greatest value, which a sample is likely to leave out."
        yield Violation(f"check.sensor_params.{FRACTION}", text, "SAMPLE_NOT_ALLOWED")
    problem = engine_refusal(sample.method, ConnectorFactory.get(table.engine).dialect, table.kind)
    if problem:
        yield Violation(f"{PATH}.method", f"{table.engine} {problem}", "SAMPLE_UNSUPPORTED")


def engine_refusal(method: SampleMethod, dialect: Dialect, kind: TableKind) -> str:
    """Why an engine cannot take such a sample of such a table, to be read behind its name; empty if it can."""
    methods = methods_of(dialect, kind)
    if method in methods:
        return ""
    if not dialect.sampling:
        return "has no samples; leave table_sample out to measure all rows."
    if not methods:
        kinds = sorted({_words(one) for sampling in dialect.sampling for one in sampling.kinds})
        return f"takes samples of a {' or '.join(kinds)} only, not of a {_words(kind)}; leave table_sample out."
    return f"takes no {method} sample of a {_words(kind)}; it takes {' and '.join(methods)} samples."


def methods_of(dialect: Dialect, kind: TableKind) -> Sequence[SampleMethod]:
    """The methods by which the engine can sample a table of that kind."""
    return [sampling.method for sampling in dialect.sampling if kind in sampling.kinds]


def _instead(check_type: CheckType, data_type: DataType | None) -> str:
    """Which check types of the same category can be measured on a sample of such a column."""
    others = [
        other.name
        for other in CHECK_REGISTRY.items()
        if other.category == check_type.category
        and other.level is check_type.level
        and not other.sample_refusal
        and (data_type is None or data_type in other.accepts)
    ]
    if not others:
        return " Leave table_sample out to measure all rows."
    listed = ", ".join(others[:SHOWN])
    return f" Leave table_sample out, or take a check type of {check_type.category} that a sample can tell: {listed}."


def _words(kind: TableKind) -> str:
    return kind.replace("_", " ")
