"""Every check type of the catalogue passes on good data and fails on bad data, on every engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.other_tables import KnownTable, OtherTable
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, SensorType
from dq_platform.checks.validation import CheckDraft, validate_check
from dq_platform.connectors.source_session import SourceSession
from dq_platform.connectors.sources import Sources
from dq_platform.execution.compare import compared, compares, twin
from dq_platform.execution.drift import drift_of, watched
from dq_platform.execution.frame import PlanContext
from dq_platform.execution.measure import measure
from dq_platform.execution.plan import plan
from dq_platform.execution.reading import NO_DATA
from dq_platform.execution.results import RunFacts, results
from dq_platform.models.baseline import Baseline
from dq_platform.models.check import Check, Mode, PeriodWindow, Target
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import HistoryPoint, Result
from tests.integration.execution.check_cases import CHECK_CASES, CheckCase
from tests.integration.execution.check_tables import BAD, DAY, EMPTY, GOOD, NOW
from tests.integration.execution.conftest import OPTIONS
from tests.integration.execution.shop import Shop, snapshot_of


def counts(sensor: SensorType) -> bool:
    """Whether nothing to look at is the number 0, not the absence of a number."""
    of_rows = sensor.name.endswith(("_count", "_count_match_percent")) and "word" not in sensor.name
    return of_rows or "_count_on_" in sensor.name


RUN = NOW.replace(hour=0, minute=0, second=0, tzinfo=UTC)
MIDNIGHT = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
WINDOW = PeriodWindow(MIDNIGHT, MIDNIGHT + timedelta(days=1))
Outcomes = Mapping[tuple[str, str], Result]


def history(case: CheckCase, points: int) -> list[HistoryPoint]:
    """One value a day until yesterday."""
    if case.usual is None:
        return []
    wobble = 0.02 if case.varies else 0
    return [
        HistoryPoint(RUN - timedelta(days=age), case.usual * (1 + wobble * ((age * 7) % 11 - 5) / 5))
        for age in range(points, 0, -1)
    ]


class Case:
    """Makes the checks of all cases and runs them on one table."""

    def __init__(self, shop: Shop, session: SourceSession) -> None:
        self.shop, self.session = shop, session

    async def checks(self) -> list[Check]:
        """As a client would create them on the table `good`."""
        snapshot = await snapshot_of(self.session, self.shop, GOOD)
        known = {
            OtherTable(self.shop.connection.id, self.shop.schema, GOOD): KnownTable(self.shop.connection.type, snapshot)
        }
        made = []
        for name, case in CHECK_CASES.items():
            mode = Mode.PARTITIONED if case.partitioned else Mode.MONITORING
            draft = CheckDraft(
                Target(self.shop.connection.id, self.shop.schema, GOOD, case.column),
                name,
                mode,
                sensor_params=case.params,
                thresholds={Severity.ERROR: case.threshold},
                partition_column="part" if case.partitioned else "",
            )
            valid = validate_check(draft, snapshot, self.shop.connection.type, known)
            fields = {name: getattr(valid, name) for name in valid.__slots__}
            made.append(Check(id=name, workspace_id="w", create_time=RUN, update_time=RUN, **fields))
        return made

    async def run(self, checks: Iterable[Check], table: str) -> list[Result]:
        placed = [replace(check, target=replace(check.target, table_name=table)) for check in checks]
        own_context = await self._context(table, placed)
        planned = plan(placed, own_context)
        twins = [twin(check) for check in placed if compares(check)]
        own = await measure(self.session, planned)
        other = await measure(self.session, plan(twins, await self._context(GOOD)))
        both = compared(twins, own, other, planned.periods)
        histories = {(check.id, ""): history(CHECK_CASES[check.id], _points(check)) for check in placed}
        return results(placed, planned, both, RunFacts("job", RUN, histories))

    async def _context(self, table: str, checks: Iterable[Check] = ()) -> PlanContext:
        """What checks for changes have accepted is the table `good`."""
        accepted = (await snapshot_of(self.session, self.shop, GOOD)).columns
        baselines = {
            check.id: Baseline(check.id, 1, watched(check, accepted), (), "system", "", RUN)
            for check in checks
            if drift_of(check.check_type)
        }
        known = await snapshot_of(self.session, self.shop, table)
        snapshot = known if known.columns else None
        return PlanContext(self.session.dialect, snapshot, "UTC", RUN, window=WINDOW, baselines=baselines)


def _points(check: Check) -> int:
    return RULE_REGISTRY.get(CHECK_REGISTRY.get(check.check_type).rule_of(check.mode)).history_points


@pytest.fixture(scope="module")
async def outcomes(request: pytest.FixtureRequest) -> dict[str, Outcomes]:
    """By engine: the result of every check type on every table."""
    found: dict[str, Outcomes] = {}
    async with Sources(OPTIONS) as sources:
        for engine in ("postgres", "mariadb", "duck"):
            shop: Shop = request.getfixturevalue(engine)
            async with sources.session(shop.connection) as session:
                case = Case(shop, session)
                checks = await case.checks()
                ran = {table: await case.run(checks, table) for table in (GOOD, BAD, EMPTY, "missing")}
            found[engine] = {(table, one.check_id): one for table, made in ran.items() for one in made}
    return found


def test_every_check_type_has_a_case() -> None:
    assert sorted(CHECK_CASES) == [one.name for one in CHECK_REGISTRY.items()]


@pytest.mark.parametrize("engine", ["postgres", "mariadb", "duck"])
@pytest.mark.parametrize("name", CHECK_CASES)
async def test_a_check_type_passes_on_good_data_and_fails_on_bad(
    outcomes: dict[str, Outcomes], name: str, engine: str
) -> None:
    good, bad = outcomes[engine][GOOD, name], outcomes[engine][CHECK_CASES[name].bad, name]
    assert (good.outcome, bad.outcome) == (Outcome.PASSED, Outcome.ERROR), (good, bad)
    assert good.has_value
    assert good.expected_text


@pytest.mark.parametrize("name", CHECK_CASES)
async def test_engines_agree_on_values_and_outcomes(outcomes: dict[str, Outcomes], name: str) -> None:
    clocked = name.startswith(("data_freshness", "data_staleness"))
    for table in (GOOD, BAD, EMPTY):
        first, *rest = (outcomes[engine][table, name] for engine in outcomes)
        for one in rest:
            assert (one.outcome, one.value_text, one.error_reason) == (
                *(first.outcome, first.value_text, first.error_reason),
            )
            near = pytest.approx(float(first.value or 0), rel=1e-12, abs=0.01 if clocked else 0)
            assert float(one.value or 0) == near


ANSWERS_ANYWAY = {"column_exists", "column_count", "column_count_match", "table_availability"} | {
    one.name for one in CHECK_REGISTRY.items() if one.drift or SENSOR_REGISTRY.get(one.sensor).imports
}
FAILS_WITHOUT_DATA = {"min_match", "max_match", "sum_match", "mean_match", "min_date_match", "max_date_match"} | {
    f"total_{name}_match_percent" for name in ("sum", "min", "max", "average")
}


@pytest.mark.parametrize("engine", ["postgres", "mariadb", "duck"])
@pytest.mark.parametrize("name", CHECK_CASES)
async def test_of_no_rows_counts_are_0_and_nothing_else_is_known(
    outcomes: dict[str, Outcomes], name: str, engine: str
) -> None:
    result = outcomes[engine][EMPTY, name]
    if name in ANSWERS_ANYWAY:
        assert result.outcome is Outcome.PASSED
    elif name in FAILS_WITHOUT_DATA:
        assert (result.outcome, result.value) == (Outcome.ERROR, None)
    elif counts(SENSOR_REGISTRY.get(CHECK_REGISTRY.get(name).sensor)):
        assert result.value == 0
        assert result.outcome.is_verdict
    else:
        assert (result.outcome, result.error_reason) == (Outcome.INCONCLUSIVE, NO_DATA)
        assert not result.has_value
