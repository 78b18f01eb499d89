from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from dq_platform.app import backtest, incidents
from dq_platform.app.backtest import BacktestRequest, Trial, backtest_check
from dq_platform.app.deps import COMPUTATIONS
from dq_platform.app.record import record
from dq_platform.checks.backtest import BacktestPoint
from dq_platform.errors import Invalid, NotFound, WrongState
from dq_platform.ids import new_id
from dq_platform.models.check import Check, GroupBy, Mode, TimeScale
from dq_platform.models.job import OutcomeCounts
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Bounds, Result
from dq_platform.models.workspace import Principal, Role
from tests.integration.work.world import World

PASSED, WARNING, ERROR, UNDECIDED = Outcome.PASSED, Outcome.WARNING, Outcome.ERROR, Outcome.INCONCLUSIVE
WEEK = [1000, 1010, 990, 1020, 1005, 100, 110]
"""Rows a day, and fewer at weekends."""


def midnight(days: int) -> datetime:
    return datetime.combine(datetime.now(UTC).date() - timedelta(days=days), time(), UTC)


def result(check: Check, days: int, value: float, **changes: Any) -> Result:
    fields = {
        "id": new_id(),
        "workspace_id": check.workspace_id,
        "check_id": check.id,
        "job_id": new_id(),
        "target": check.target,
        "check_type": check.check_type,
        "category": "volume",
        "dimension": "Completeness",
        "mode": check.mode,
        "time_scale": check.time_scale,
        "data_group": "",
        "time_period": midnight(days),
        "executed_at": midnight(days) + timedelta(hours=1),
        "outcome": Outcome.PASSED,
        "value": value,
    }
    return Result(**(fields | changes))


async def measured(world: World, check: Check, values: Sequence[float], **changes: Any) -> None:
    """One value a day, the last of them of yesterday."""
    found = [result(check, len(values) - place, value, **changes) for place, value in enumerate(values)]
    async with world.deps.uow() as tx:
        await record(tx, world.who.workspace_id, found, world.clock.now())
        await tx.commit()


async def row_count(world: World, **fields: Any) -> Check:
    return await world.check("row_count", "customers", **fields)


async def trial(world: World, check: Check, **request: Any) -> Trial:
    return await backtest_check(world.deps, world.who, BacktestRequest(check.id, **request))


def outcomes(found: Trial) -> list[Outcome]:
    return [point.outcome for point in found.backtest.points]


async def test_a_checks_own_thresholds_are_tried_unless_others_are_given(world: World) -> None:
    check = await row_count(world, thresholds={Severity.ERROR: {"min_count": 50}})
    await measured(world, check, [10, 60, 40, 100])
    own = await trial(world, check)
    assert outcomes(own) == [ERROR, PASSED, ERROR, PASSED]
    assert (own.backtest.outcomes, own.backtest.alert_percent) == (OutcomeCounts(passed=2, error=2), 50.0)
    other = await trial(world, check, thresholds={Severity.WARNING: {"min_count": 70}, Severity.ERROR: {}})
    assert outcomes(other) == [WARNING, WARNING, WARNING, PASSED]
    assert other.tried.thresholds.error == {"min_count": 1}
    assert other.backtest.points[0].bounds.warning == Bounds(lower=70)
    assert await world.results(check_id=check.id, outcomes=(WARNING,)) == []


async def test_another_check_type_of_the_same_sensor_is_tried_on_the_same_values(world: World) -> None:
    check = await row_count(world)
    varied = [value + day * 37 % 11 for day, value in enumerate(WEEK * 9)]
    await measured(world, check, [*varied, 500])
    found = await trial(world, check, check_type="row_count_anomaly_seasonal")
    assert (found.tried.check_type.name, found.tried.rule.name) == ("row_count_anomaly_seasonal", "anomaly_seasonal")
    assert outcomes(found)[:30] == [UNDECIDED] * 30
    assert outcomes(found)[-1] is WARNING
    assert found.backtest.outcomes.inconclusive == 30
    verdicts = found.backtest.outcomes.passed + found.backtest.outcomes.warning
    assert found.backtest.alert_percent == pytest.approx(100 * found.backtest.outcomes.warning / verdicts)


async def test_the_value_that_counts_is_that_of_the_newest_run_of_a_period(world: World) -> None:
    check = await row_count(world)
    await measured(world, check, [100, 0, 100])
    await measured(world, check, [100, 90, 100], executed_at=world.clock.now())
    found = await trial(world, check, check_type="row_count_change_1_day")
    assert [point.value for point in found.backtest.points] == [100, 90, 100]
    assert outcomes(found) == [UNDECIDED, PASSED, WARNING]


async def test_a_window_judges_its_periods_and_learns_from_those_before(world: World) -> None:
    check = await row_count(world)
    await measured(world, check, [100, 100, 130, 130, 100])
    found = await trial(world, check, check_type="row_count_change", start=midnight(3), end=midnight(1))
    assert [point.value for point in found.backtest.points] == [130, 130]
    assert outcomes(found) == [WARNING, PASSED]


async def test_a_period_that_an_excluded_incident_failed_in_is_judged_but_not_learnt_from(world: World) -> None:
    check = await row_count(world)
    await measured(world, check, [100, 100])
    await measured(world, check, [200], outcome=Outcome.ERROR, time_period=midnight(0))
    [incident] = await world.incidents()
    await measured(world, check, [200], time_period=midnight(-1))
    try_it = {"check_type": "row_count_change", "thresholds": {ERROR.severity: {"max_percent": 20}}}
    assert outcomes(await trial(world, check, **try_it)) == [UNDECIDED, PASSED, ERROR, PASSED]
    await incidents.exclude_from_training(world.deps, world.who, incident.id)
    found = await trial(world, check, **try_it)
    assert outcomes(found) == [UNDECIDED, PASSED, ERROR, ERROR]
    assert [point.learnt for point in found.backtest.points] == [True, True, False, True]


async def test_each_data_group_has_a_history_of_its_own(world: World) -> None:
    check = await row_count(world, group_by=(GroupBy(column="country"),), thresholds={Severity.ERROR: {"min_count": 5}})
    await measured(world, check, [1, 10], data_group='["DE"]')
    await measured(world, check, [10, 10], data_group='["FR"]')
    assert outcomes(await trial(world, check, data_group='["DE"]')) == [ERROR, PASSED]
    assert outcomes(await trial(world, check, data_group='["FR"]')) == [PASSED, PASSED]
    nobody = await trial(world, check, data_group='["IT"]')
    assert (outcomes(nobody), nobody.backtest.alert_percent) == ([], None)
    with pytest.raises(Invalid, match="data_group: the check has data groups"):
        await trial(world, check)
    with pytest.raises(Invalid, match="data_group: the check has no data grouping"):
        await trial(world, await row_count(world), data_group='["DE"]')


async def test_what_a_reference_had_is_compared_with_again(world: World) -> None:
    check = await world.check(
        "row_count_match",
        "customers",
        sensor_params={"reference_table": "orders"},
        thresholds={Severity.ERROR: {"max_diff_percent": 0}},
    )
    await measured(world, check, [100], expected_value=100)
    await measured(world, check, [100], expected_value=104, time_period=midnight(0))
    assert outcomes(await trial(world, check)) == [PASSED, ERROR]
    loose = await trial(world, check, thresholds={Severity.ERROR: {"max_diff_percent": 5}})
    assert outcomes(loose) == [PASSED, PASSED]
    assert outcomes(await trial(world, check, check_type="row_count_change")) == [UNDECIDED, PASSED]


async def test_everything_that_is_wrong_with_a_request_is_said_at_once(world: World) -> None:
    check = await row_count(world)
    with pytest.raises(Invalid) as error:
        await trial(
            world,
            check,
            data_group="x",
            thresholds={Severity.ERROR: {"min_cuont": 1}},
            start=midnight(1),
            end=midnight(2),
        )
    assert {violation.field for violation in error.value.violations} == {
        "end_time",
        "data_group",
        "thresholds.error.min_cuont",
    }


@pytest.mark.parametrize(
    ("check_type", "words"),
    [
        ("row_cuont_change", "there is no check type 'row_cuont_change'; did you mean 'row_count_change'"),
        ("nulls_percent", "measures something else than row_count; try one of row_count, row_count_anomaly,"),
        ("row_count_match", "compares with a reference"),
    ],
)
async def test_a_check_type_that_cannot_judge_these_values_is_refused(
    world: World, check_type: str, words: str
) -> None:
    with pytest.raises(Invalid) as error:
        await trial(world, await row_count(world), check_type=check_type)
    [violation] = error.value.violations
    assert violation.field == "check_type"
    assert words in violation.description


@pytest.mark.parametrize(
    ("own", "column", "limit", "other"),
    [
        ("min_in_range", "amount", {"from": 1}, "min_date_in_range"),
        ("min_date_in_range", "placed_on", {"from": "2020-01-01"}, "min_in_range"),
        ("max_date_in_range", "placed_on", {"from": "2020-01-01"}, "max_text_in_range"),
    ],
)
async def test_a_check_type_that_judges_another_kind_of_value_is_refused(
    world: World, own: str, column: str, limit: dict[str, Any], other: str
) -> None:
    check = await world.check(own, f"orders.{column}", thresholds={Severity.ERROR: limit})
    with pytest.raises(Invalid) as error:
        await trial(world, check, check_type=other)
    violation = next(one for one in error.value.violations if one.field == "check_type")
    assert violation.reason == "CHECK_TYPE_NOT_COMPARABLE"
    assert other not in violation.description.partition("try one of")[2]
    assert own in violation.description.partition("try one of")[2]


async def test_texts_have_no_history_to_judge(world: World) -> None:
    check = await world.check("min_text_in_range", "customers.email", thresholds={Severity.ERROR: {"from": "a"}})
    with pytest.raises(WrongState) as error:
        await trial(world, check)
    assert error.value.reason == "BACKTEST_UNSUPPORTED"


async def test_values_of_the_time_before_a_column_changed_its_type_are_left_out(world: World) -> None:
    check = await world.check("max_in_range", "orders.amount", thresholds={Severity.ERROR: {"to": 50}})
    await measured(world, check, [86_400], value_text="1970-01-02", outcome=Outcome.INCONCLUSIVE)
    await measured(world, check, [40], time_period=midnight(0))
    found = await trial(world, check)
    assert [(point.value, point.outcome) for point in found.backtest.points] == [(40, PASSED)]


async def test_a_check_type_of_another_time_scale_or_mode_is_refused(world: World) -> None:
    monthly = await row_count(world, time_scale=TimeScale.MONTHLY)
    with pytest.raises(Invalid, match="row_count_change_1_day checks in the mode monitoring are daily, not monthly"):
        await trial(world, monthly, check_type="row_count_change_1_day")
    partitioned = await world.check(
        "sql_aggregate_expression_on_table",
        "orders",
        mode=Mode.PARTITIONED,
        partition_column="placed_on",
        sensor_params={"sql_expression": "SUM(amount)"},
        thresholds={Severity.ERROR: {"from": 1}},
    )
    assert outcomes(await trial(world, partitioned)) == []


async def test_parameters_that_a_check_type_fixes_must_be_those_of_the_history(world: World) -> None:
    median = {"percentile_value": 0.5}
    ranged = {"sensor_params": median, "thresholds": {Severity.ERROR: {"from": 1}}}
    check = await world.check("percentile_in_range", "orders.amount", **ranged)
    assert outcomes(await trial(world, check, check_type="median_change")) == []
    other = await world.check(
        "percentile_in_range", "orders.amount", **(ranged | {"sensor_params": {"percentile_value": 0.9}})
    )
    with pytest.raises(Invalid, match="median_change measures something else"):
        await trial(world, other, check_type="median_change")


async def test_more_than_a_thousand_periods_are_too_many_at_once(world: World) -> None:
    check = await row_count(world, thresholds={Severity.ERROR: {"min_count": 5}})
    await measured(world, check, [7] * 1001)
    assert len((await trial(world, check)).backtest.points) == 365
    assert len((await trial(world, check, start=midnight(1000))).backtest.points) == 1000
    with pytest.raises(Invalid, match="start_time: leaves more than 1000 periods"):
        await trial(world, check, start=midnight(1001))


async def test_few_are_computed_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    check = await row_count(world)
    await measured(world, check, [7] * 50)
    lock, running, most = threading.Lock(), set[int](), 0
    together = threading.Barrier(COMPUTATIONS, timeout=30)
    original = backtest.judged

    def counted(*arguments: Any) -> Iterator[BacktestPoint]:
        nonlocal most
        with lock:
            running.add(number := id(arguments))
            most = max(most, len(running))
        together.wait()
        yield from original(*arguments)
        with lock:
            running.remove(number)

    monkeypatch.setattr(backtest, "judged", counted)
    found = await asyncio.gather(*(trial(world, check) for _ in range(COMPUTATIONS * 4)))
    assert [len(one.backtest.points) for one in found] == [50] * COMPUTATIONS * 4
    assert most == COMPUTATIONS


async def test_another_workspaces_check_does_not_exist(world: World) -> None:
    check = await row_count(world)
    stranger = Principal(new_id(), new_id(), "stranger", Role.ADMIN)
    with pytest.raises(NotFound):
        await backtest_check(world.deps, stranger, BacktestRequest(check.id))
