"""From a reading to a result: what the rule says for each severity, and the worst of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.rules.judge import Judgement, RuleFailed, judge
from dq_platform.checks.rules.periods import Calendar
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType
from dq_platform.checks.rules.verdict import RuleContext
from dq_platform.errors import DomainError
from dq_platform.execution.reading import EMPTY_SAMPLE, NO_BASELINE, NO_DATA, NO_SEVERITY, NOT_A_NUMBER, Reading
from dq_platform.ids import new_id
from dq_platform.models.check import Check
from dq_platform.models.cost import FREE, Cost
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import HistoryPoint, Result
from dq_platform.models.values import Params

NO_THRESHOLDS = "NO_THRESHOLDS"
"""No severity has a threshold: nothing was asked of the value."""
NOT_COMPARABLE = "NOT_COMPARABLE"
"""The value is of a kind that the rule does not judge, such as a text for a rule of numbers."""
MAX_VALUE_TEXT = 1000
"""Longer texts are stored without their end; they are judged with it."""
RULE_UNDECIDED = "RULE_UNDECIDED"
"""The rule cannot say, for example because there is too little history."""
RULE_FAILED = "RULE_FAILED"
"""The rule's function raised an exception."""

MESSAGES = {
    NO_DATA: "There was nothing to measure.",
    EMPTY_SAMPLE: "No row of the sample takes part: choose a greater percent, or leave table_sample out.",
    NOT_A_NUMBER: "The source answered something that is not a number.",
    NO_BASELINE: "The check has had no baseline to compare with; its first run takes the columns that it finds as one.",
    NO_SEVERITY: "The query returned no severity.",
    NO_THRESHOLDS: "No threshold is set, so the value was measured but not judged.",
}


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of one check. `cost` is the share of what the source did that each of its results has.

    `category`, `dimension` and `rule` are the check type's; empty if the catalogue has no such check type any more.
    `time_zone` (IANA) is the connection's, in which periods are days and months.
    """

    check: Check
    job_id: str
    executed_at: datetime
    cost: Cost
    category: str
    dimension: str
    rule: str
    time_zone: str = "UTC"

    @classmethod
    def of(
        cls, check: Check, job_id: str, executed_at: datetime, cost: Cost = FREE, time_zone: str = "UTC"
    ) -> Execution:
        found = CHECK_REGISTRY.find(check.check_type)
        names = (found.category, str(found.dimension), found.rule_of(check.mode)) if found else ("", "", "")
        return cls(check, job_id, executed_at, cost, *names, time_zone)


def grade(execution: Execution, reading: Reading, history: Sequence[HistoryPoint] = ()) -> Result:
    """The reading, judged by all thresholds: the worst that fails is the outcome.

    `history` has earlier periods, oldest first: the rule sees as many of the newest before the reading's own as it
    looks at. No value, no threshold, or a rule that cannot decide where none fails: inconclusive. A rule that raises:
    execution error. A reading that brings its severity along is not judged again. The message of what was measured on a
    sample says so; a sample without rows is inconclusive.
    """
    result = _graded(execution, reading, history)
    if result.table_sample is None:
        return result
    return replace(result, message=" ".join(filter(None, (result.message, _measured_on(result)))))


def _graded(execution: Execution, reading: Reading, history: Sequence[HistoryPoint]) -> Result:
    measured = _measured(execution, reading)
    if execution.check.table_sample is not None and not reading.rows:
        return _inconclusive(replace(measured, value=None, value_text=None, sample_rows=0), EMPTY_SAMPLE)
    if not _can_be_judged(execution.rule, reading):
        return _inconclusive(measured, reading.reason or NO_DATA)
    thresholds = execution.check.thresholds
    configured = {severity: params for severity in Severity if (params := thresholds.of(severity)) is not None}
    if not configured:
        return _inconclusive(measured, NO_THRESHOLDS)
    if reading.severity is not None:
        return _imported(measured, reading.severity, configured)
    return _by_rule(execution, measured, reading, configured, history)


def _by_rule(
    execution: Execution,
    measured: Result,
    reading: Reading,
    configured: Mapping[Severity, Params],
    history: Sequence[HistoryPoint],
) -> Result:
    try:
        rule = RULE_REGISTRY.get(execution.rule)
        if reading.kind not in rule.judges and measured.has_value:
            return _not_comparable(measured, reading, rule)
        calendar = Calendar(execution.time_zone, execution.check.time_scale)
        context = RuleContext(reading.time_period, reading.expected, _earlier(rule, reading, history), calendar)
        return _judged(measured, judge(rule, reading.judged, configured, context))
    except DomainError as error:
        return _failed(measured, error.reason, error.message)
    except RuleFailed as error:
        return _failed(measured, RULE_FAILED, str(error))


def fail(execution: Execution, error: DomainError, time_period: datetime) -> Result:
    """The execution error of a check that could not be measured, ungrouped, in the run's own period."""
    return _failed(
        _measured(execution, Reading(execution.check.id, "", time_period, None)), error.reason, error.message
    )


def _can_be_judged(rule_name: str, reading: Reading) -> bool:
    if reading.reason == NO_SEVERITY:
        return False
    rule = RULE_REGISTRY.find(rule_name)
    found = reading.severity is not None or reading.value is not None or reading.text is not None
    return found or bool(rule and _judges_absence(rule, reading))


def _imported(measured: Result, severity: int, enabled: Collection[Severity]) -> Result:
    """The severity that the source gave is the outcome, if the check has a threshold for it."""
    judged = replace(measured, expected_text="severity 0")
    if severity == 0:
        return judged
    given = Severity(severity)
    message = f"The query returned severity {given.value} ({given.name.lower()})"
    if given not in enabled:
        return replace(judged, message=f"{message}, for which the check has no threshold.")
    return replace(judged, outcome=Outcome(given), message=f"{message}.")


def _judges_absence(rule: RuleType, reading: Reading) -> bool:
    return rule.judges_absence and reading.expected is not None and reading.reason != NOT_A_NUMBER


def _earlier(rule: RuleType, reading: Reading, history: Sequence[HistoryPoint]) -> tuple[HistoryPoint, ...]:
    earlier = tuple(point for point in history if point.time_period < reading.time_period)
    return earlier[len(earlier) - min(rule.history_points, len(earlier)) :]


def _judged(measured: Result, judgement: Judgement) -> Result:
    outcome, telling = judgement.outcome, judgement.telling
    graded = replace(
        measured,
        value=measured.value if telling.value is None else telling.value,
        message=measured.message or (telling.reason if outcome.severity else ""),
        outcome=outcome,
        expected_value=measured.expected_value if telling.expected_value is None else telling.expected_value,
        expected_text=telling.expected,
        bounds=judgement.bounds,
    )
    if outcome is Outcome.INCONCLUSIVE:
        return replace(graded, error_reason=RULE_UNDECIDED, message=telling.reason)
    return graded


def _measured(execution: Execution, reading: Reading) -> Result:
    """What was measured, before anything judges it."""
    check = execution.check
    return Result(
        id=new_id(),
        workspace_id=check.workspace_id,
        check_id=check.id,
        job_id=execution.job_id,
        target=check.target,
        check_type=check.check_type,
        category=execution.category,
        dimension=execution.dimension,
        mode=check.mode,
        time_scale=check.time_scale,
        data_group=reading.data_group,
        time_period=reading.time_period,
        value=reading.value,
        value_text=_cut(reading.text),
        expected_value=reading.expected,
        message=reading.message,
        sample_rows=reading.rows,
        executed_at=execution.executed_at,
        outcome=Outcome.PASSED,
        cost=execution.cost,
        table_sample=check.table_sample,
    )


def _not_comparable(measured: Result, reading: Reading, rule: RuleType) -> Result:
    judged = " or ".join(sorted(rule.judges))
    message = f"The value is a {reading.kind}; the rule {rule.name!r} judges a {judged}."
    return replace(measured, outcome=Outcome.INCONCLUSIVE, error_reason=NOT_COMPARABLE, message=message)


def _measured_on(result: Result) -> str:
    counted = "1 row" if result.sample_rows == 1 else f"{result.sample_rows or 0:,} rows"
    return f"Measured on {counted}, a {result.table_sample}."


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= MAX_VALUE_TEXT else f"{text[: MAX_VALUE_TEXT - 1]}…"


def _inconclusive(measured: Result, reason: str) -> Result:
    return replace(measured, outcome=Outcome.INCONCLUSIVE, error_reason=reason, message=MESSAGES[reason])


def _failed(measured: Result, reason: str, message: str) -> Result:
    return replace(measured, outcome=Outcome.EXECUTION_ERROR, error_reason=reason, message=message)
