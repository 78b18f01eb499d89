from __future__ import annotations

import pytest

from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.params import validate_params
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.checks.thresholds import validate_thresholds
from dq_platform.models.check import Mode, TimeScale
from dq_platform.models.outcome import Severity

CHECKS = CHECK_REGISTRY.items()
D, M = TimeScale.DAILY, TimeScale.MONTHLY
CATEGORIES = {
    "accepted_values",
    "accuracy",
    "anomaly",
    "availability",
    "bool",
    "comparisons",
    "conversions",
    "custom_sql",
    "datatype",
    "datetime",
    "integrity",
    "nulls",
} | {"numeric", "patterns", "pii", "schema", "text", "timeliness", "uniqueness", "volume", "whitespace"}
COUNT_RULES = (
    "max_count",
    "min_count",
    "between",
    "max_missing",
    "equals_accepted",
    "equals_integer",
    "diff_percent",
)


def test_every_category_is_there() -> None:
    assert {check.category for check in CHECKS} == CATEGORIES
    assert len(CHECKS) >= 176


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_check_type_is_a_sensor_of_its_level_and_a_rule_that_fits_the_unit(check: CheckType) -> None:
    sensor, rule = SENSOR_REGISTRY.get(check.sensor), RULE_REGISTRY.get(check.rule)
    assert sensor.level is check.level
    own_unit = rule.history_points > 0  # A rule that looks back takes the unit of the values it finds.
    if sensor.name.endswith("_percent") and "match_percent" not in sensor.name and not own_unit:
        assert rule.name.endswith("_percent")
    if sensor.name.endswith("_count") and not sensor.name.endswith("word_count") and not own_unit:
        assert rule.name.removeprefix("count_").startswith(COUNT_RULES)
    assert set(check.fixed) <= {spec.name for spec in sensor.params}
    assert sensor.groupable or Mode.PARTITIONED not in check.modes
    assert check.description
    assert check.dimension


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_check_types_own_defaults_are_complete_and_in_order(check: CheckType) -> None:
    for rule in {check.rule_of(mode): RULE_REGISTRY.get(check.rule_of(mode)) for mode in check.modes}.values():
        for params in check.defaults.values():
            assert validate_params(rule.params, params, "defaults")[1] == []
        if check.defaults:
            assert set(check.defaults) == set(Severity)
            assert validate_thresholds(check, rule, {severity: {} for severity in Severity})[1] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_rules_of_all_modes_take_the_same_parameters(check: CheckType) -> None:
    assert set(check.rules_by_mode) <= set(check.modes)
    assert {RULE_REGISTRY.get(rule).params for rule in (check.rule, *check.rules_by_mode.values())} == {
        RULE_REGISTRY.get(check.rule).params
    }


def test_partitions_and_whole_tables_have_anomalies_of_their_own() -> None:
    check = CHECK_REGISTRY.get("row_count_anomaly")
    assert [check.rule_of(mode) for mode in check.modes] == [
        *["anomaly_differencing_percentile_moving_average"] * 2,
        "anomaly_partition_row_count",
    ]
    assert "In the mode partitioned: Fails when" in check.description


def test_changes_over_days_are_not_asked_of_months() -> None:
    days = CHECK_REGISTRY.get("row_count_change_7_days")
    assert [days.time_scales(mode) for mode in days.modes] == [(M,), (D,), (D,)]
    any_period = CHECK_REGISTRY.get("row_count_change")
    assert [any_period.time_scales(mode) for mode in any_period.modes] == [(M,), (D, M), (D, M)]


def test_no_sensor_is_without_a_check() -> None:
    assert {check.sensor for check in CHECKS} == {sensor.name for sensor in SENSOR_REGISTRY.items()}


def test_a_share_of_good_rows_has_a_lower_limit() -> None:
    assert CHECK_REGISTRY.get("not_nulls_percent").rule == "min_percent"


def test_an_old_table_is_fatal_later_than_it_is_an_error() -> None:
    defaults = CHECK_REGISTRY.get("data_freshness").defaults
    assert [defaults[severity]["max_days"] for severity in Severity] == [1.0, 2.0, 7.0]
