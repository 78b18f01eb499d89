from __future__ import annotations

from datetime import timedelta

from dq_platform.checks.rules.periods import Calendar
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType
from dq_platform.checks.rules.verdict import Verdict
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.execution.measure import Measurement, measure
from dq_platform.execution.plan import plan
from dq_platform.execution.reading import Reading
from dq_platform.execution.results import RunFacts, results
from dq_platform.models.check import Thresholds, TimeScale
from dq_platform.models.cost import FREE, Cost
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import HistoryPoint
from tests.unit.execution.builders import NOW, ScriptedSession, check, context, partitioned

LIMIT = Thresholds(error={"max_percent": 5.0})
DAY = timedelta(days=1)


async def test_every_check_has_results_in_order_whatever_became_of_it():
    checks = [
        check("a", "nulls_count", thresholds=Thresholds(error={"max_count": 0})),
        check("b", column="gone"),
        check("c", thresholds=LIMIT),
    ]
    made = plan(checks, context())
    found = results(checks, made, await measure(ScriptedSession(), made), RunFacts("job", NOW))
    assert [(result.check_id, result.outcome) for result in found] == [
        ("a", Outcome.PASSED),
        ("b", Outcome.EXECUTION_ERROR),
        ("c", Outcome.INCONCLUSIVE),
    ]
    assert found[1].error_reason == "COLUMN_NOT_FOUND"
    assert found[1].time_period == made.periods["b"]
    assert found[0].cost.milliseconds > 0
    assert found[1].cost == FREE


def test_results_of_one_check_share_its_cost():
    checks = [check("a", thresholds=LIMIT)]
    readings = tuple(Reading("a", f'["{group}"]', NOW, 1) for group in "xyz")
    found = results(
        checks,
        plan(checks, context()),
        Measurement({"a": readings}, {}, {"a": Cost(6.0, 3, 30)}, 1, 3),
        RunFacts("j", NOW),
    )
    assert [result.cost for result in found] == [Cost(2.0, 1, 10)] * 3


def test_a_failure_wins_over_nothing_and_is_in_the_runs_period():
    checks = [partitioned("a", thresholds=LIMIT)]
    error = SourceError(SourceProblem.TIMEOUT, "too slow")
    [result] = results(checks, plan(checks, context()), Measurement({}, {"a": error}, {}, 1, 0), RunFacts("j", NOW))
    assert (result.outcome, result.time_period.isoformat()) == (Outcome.EXECUTION_ERROR, "2026-03-08T23:00:00+00:00")


def test_a_partition_looks_back_at_the_partitions_of_the_same_run(monkeypatch):
    seen = {}

    def look(actual, context, *, max_percent):
        seen[actual] = [point.value for point in context.history]
        return Verdict(passed=True)

    monkeypatch.setattr(RULE_REGISTRY, "get", lambda name: RuleType(name, "", (), look, history_points=9))
    checks = [partitioned("a", thresholds=LIMIT)]
    readings = tuple(Reading("a", "", NOW + DAY * day, day * 10 if day != 2 else None) for day in range(4))
    stored = [HistoryPoint(NOW - DAY, -10), HistoryPoint(NOW, 99), HistoryPoint(NOW + DAY * 2, 77)]
    run = RunFacts("j", NOW, {("a", ""): stored, ("a", '["other"]'): [HistoryPoint(NOW - DAY, 5)]})
    results(checks, plan(checks, context()), Measurement({"a": readings}, {}, {}, 1, 4), run)
    assert seen == {0: [-10], 10: [-10, 0], 30: [-10, 0, 10]}


def test_rules_count_periods_in_the_connections_zone(monkeypatch):
    seen = []

    def look(actual, context, *, max_percent):
        seen.append(context.calendar)
        return Verdict(passed=True)

    monkeypatch.setattr(RULE_REGISTRY, "get", lambda name: RuleType(name, "", (), look))
    checks = [check("a", thresholds=LIMIT)]
    measured = Measurement({"a": (Reading("a", "", NOW, 1),)}, {}, {}, 1, 1)
    results(checks, plan(checks, context()), measured, RunFacts("j", NOW, time_zone="Pacific/Auckland"))
    assert seen == [Calendar("Pacific/Auckland", TimeScale.DAILY)]


def test_partitions_that_failed_in_an_excluded_incident_train_no_later_one_until_they_pass():
    """Readings may come in any order: each is judged after those before it."""
    limit = Thresholds(error={"max_percent": 10.0})
    changing = partitioned("a", check_type="nulls_percent_change", thresholds=limit)
    readings = tuple(Reading("a", "", NOW - days * DAY, value) for days, value in ((1, 30), (3, 10), (2, 30)))
    measured = Measurement({"a": readings}, {}, {}, 1, 3)

    def outcomes(untrained):
        run = RunFacts("j", NOW, untrained={("a", ""): untrained})
        found = results([changing], plan([changing], context()), measured, run)
        assert [result.time_period for result in found] == [reading.time_period for reading in readings]
        return {(NOW - result.time_period).days: result.outcome for result in found}

    first = Outcome.INCONCLUSIVE
    assert outcomes(frozenset()) == {3: first, 2: Outcome.ERROR, 1: Outcome.PASSED}
    assert outcomes({NOW - 2 * DAY}) == {3: first, 2: Outcome.ERROR, 1: Outcome.ERROR}
    assert outcomes({NOW - 1 * DAY}) == {3: first, 2: Outcome.ERROR, 1: Outcome.PASSED}
