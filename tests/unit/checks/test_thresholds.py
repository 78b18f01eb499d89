from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType
from dq_platform.checks.thresholds import validate_thresholds
from dq_platform.errors import Violation
from dq_platform.models.check import Thresholds
from dq_platform.models.outcome import Severity

W, E, F = Severity


def validate(check: str, given: dict[Severity, dict[str, Any]]) -> tuple[Thresholds, list[Violation]]:
    check_type = CHECK_REGISTRY.get(check)
    return validate_thresholds(check_type, RULE_REGISTRY.get(check_type.rule), given)


def test_none_given_means_the_default_severity_alone() -> None:
    assert validate("nulls_percent", {}) == (Thresholds(error={"max_percent": 0.0}), [])


def test_a_severity_without_parameters_takes_the_check_types_own() -> None:
    assert validate("nulls_percent", {F: {}}) == (Thresholds(fatal={"max_percent": 5.0}), [])


def test_given_ones_are_taken_as_they_are_and_no_other_appears() -> None:
    assert validate("nulls_percent", {W: {"max_percent": 7}}) == (Thresholds(warning={"max_percent": 7.0}), [])


def test_one_bound_of_two_leaves_the_other_open() -> None:
    assert validate("distinct_percent", {E: {"max_percent": 50}})[0] == Thresholds(error={"max_percent": 50.0})


@pytest.mark.parametrize("check", ["mean_in_range", "distinct_count"])
def test_a_check_type_without_defaults_wants_limits(check: str) -> None:
    [violation] = validate(check, {})[1]
    assert violation.field == "check.thresholds.error"
    assert "sets no limit; give " in violation.description


def test_a_required_parameter_is_asked_for() -> None:
    [violation] = validate("column_count", {})[1]
    assert (violation.field, violation.reason) == ("check.thresholds.error.expected_value", "MISSING_PARAMETER")


def test_a_misspelt_parameter_is_answered_with_the_one_meant() -> None:
    [violation] = validate("nulls_percent", {E: {"max_pct": 5}})[1]
    assert violation.field == "check.thresholds.error.max_pct"
    assert "did you mean 'max_percent'?" in violation.description


@pytest.mark.parametrize(
    ("check", "given"),
    [
        ("nulls_percent", {W: {"max_percent": 1}, E: {"max_percent": 5}, F: {"max_percent": 10}}),
        ("nulls_percent", {W: {"max_percent": 5}, E: {"max_percent": 5}}),
        ("not_nulls_percent", {W: {"min_percent": 99}, F: {"min_percent": 90}}),
        ("mean_in_range", {W: {"from": 1, "to": 2}, E: {"from": 0, "to": 2}, F: {"to": 3}}),
        ("total_sum_match_percent", {W: {"max_diff_percent": 0}, E: {"max_diff_percent": 1}}),
        ("expected_text_values_in_use_count", {W: {"max_missing": 0}, F: {"max_missing": 2}}),
    ],
)
def test_a_worse_severity_may_accept_the_same_or_more(check: str, given: dict[Severity, Any]) -> None:
    assert validate(check, given)[1] == []


@pytest.mark.parametrize(
    ("check", "given", "field", "words"),
    [
        (
            "nulls_percent",
            {W: {"max_percent": 5}, E: {"max_percent": 3}},
            "check.thresholds.error",
            ["max_percent 3", "max_percent 5"],
        ),
        (
            "not_nulls_percent",
            {W: {"min_percent": 90}, F: {"min_percent": 95}},
            "check.thresholds.fatal",
            ["min_percent 95", "min_percent 90"],
        ),
        ("mean_in_range", {W: {"from": 1}, E: {"from": 0, "to": 9}}, "check.thresholds.error", ["to 9", "from 1"]),
        ("column_count", {W: {"expected_value": 3}, E: {"expected_value": 4}}, "check.thresholds.error", ["4", "3"]),
        (
            "total_sum_match_percent",
            {E: {"max_diff_percent": 2}, F: {"max_diff_percent": 1}},
            "check.thresholds.fatal",
            ["max_diff_percent 1", "max_diff_percent 2"],
        ),
        (
            "expected_text_values_in_use_count",
            {W: {"max_missing": 2}, F: {"max_missing": 0}},
            "check.thresholds.fatal",
            ["max_missing 0", "max_missing 2"],
        ),
    ],
)
def test_a_worse_severity_that_accepts_less_is_out_of_order_and_both_values_are_named(
    check: str, given: dict[Severity, Any], field: str, words: list[str]
) -> None:
    [violation] = validate(check, given)[1]
    assert (violation.field, violation.reason) == (field, "THRESHOLDS_OUT_OF_ORDER")
    assert [word for word in words if word not in violation.description] == []


def test_bounds_that_nothing_can_meet_are_refused() -> None:
    [violation] = validate("mean_in_range", {E: {"from": 5, "to": 1}})[1]
    assert violation.reason == "THRESHOLD_EMPTY"
    assert "5" in violation.description
    assert "1" in violation.description


@pytest.mark.parametrize("check", ["row_count_anomaly", "row_count_anomaly_seasonal", "nulls_percent_anomaly"])
def test_a_worse_severity_must_accept_rarer_anomalies(check: str) -> None:
    assert validate(check, {W: {"anomaly_percent": 1}, F: {"anomaly_percent": 0.01}})[1] == []
    [violation] = validate(check, {W: {"anomaly_percent": 0.01}, F: {"anomaly_percent": 1}})[1]
    assert violation.reason == "THRESHOLDS_OUT_OF_ORDER"


@pytest.mark.parametrize("percent", [0, 51, -1])
def test_a_share_of_anomalies_has_a_range(percent: float) -> None:
    [violation] = validate("mean_anomaly", {E: {"anomaly_percent": percent}})[1]
    assert violation.reason == "INVALID_PARAMETER"


@pytest.mark.parametrize("rule", [rule for rule in RULE_REGISTRY.items() if rule.history_points])
def test_limits_of_every_rule_that_looks_back_can_be_compared(rule: RuleType) -> None:
    looking_back = replace(CHECK_REGISTRY.get("row_count_change"), rule=rule.name, defaults={})
    params = {spec.name: 2 for spec in rule.params if spec.default is None}
    assert validate_thresholds(looking_back, rule, {W: params, E: params})[1] == []


def test_a_rule_of_two_optional_limits_wants_one() -> None:
    rule = RULE_REGISTRY.get("multiply_moving_stdev_30_days")
    [violation] = validate_thresholds(
        CHECK_REGISTRY.get("row_count_change"), rule, {E: {"multiply_stdev_above": None}}
    )[1]
    assert "give 'multiply_stdev_above' or 'multiply_stdev_below'" in violation.description


@pytest.mark.parametrize("given", [{}, {"from": "b", "to": "a"}])
def test_texts_want_limits_that_something_can_pass(given: dict[str, str]) -> None:
    [violation] = validate("min_text_in_range", {E: given})[1]
    assert violation.field == "check.thresholds.error"


def test_dates_as_limits_are_stored_as_dates_and_timestamps_in_utc() -> None:
    given = {"from": "2024-01-01", "to": "2024-12-31T23:00:00+01:00"}
    thresholds, violations = validate("min_date_in_range", {E: given})
    assert violations == []
    assert thresholds.error == {"from": "2024-01-01", "to": "2024-12-31T22:00:00Z"}


@pytest.mark.parametrize("given", [20240101, "01.01.2024", "", "2024-02-30"])
def test_what_is_no_date_is_no_limit_of_dates(given: object) -> None:
    [violation] = validate("min_date_in_range", {E: {"from": given}})[1]
    assert violation.field == "check.thresholds.error.from"
    assert "must be a date like 2024-12-31 or a timestamp like " in violation.description


def test_limits_of_dates_have_an_order_too() -> None:
    [violation] = validate("min_date_in_range", {E: {"from": "2024-02-01", "to": "2024-01-01"}})[1]
    assert "from 2024-02-01, to 2024-01-01" in violation.description
    [violation] = validate("min_date_in_range", {W: {"from": "2024-01-01"}, E: {"from": "2024-02-01"}})[1]
    assert violation.reason == "THRESHOLDS_OUT_OF_ORDER"


@pytest.mark.parametrize("check", ["nulls_percent", "row_count", "data_freshness", "row_count_change_1_day"])
def test_a_parameter_that_is_null_is_one_that_was_left_out(check: str) -> None:
    for severity in Severity:
        without = validate(check, {severity: {}})[0].of(severity)
        assert without is not None
        thresholds, violations = validate(check, {severity: dict.fromkeys(without)})
        assert violations == []
        given = thresholds.of(severity)
        assert given is not None
        assert None not in given.values()
        assert given.keys() == without.keys()
