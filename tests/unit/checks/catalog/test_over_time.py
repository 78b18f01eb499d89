from __future__ import annotations

import pytest

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.models.check import Mode
from dq_platform.models.outcome import Severity

CHANGING = {"row_count", "distinct_count", "distinct_percent", "nulls_percent", "sum", "mean", "median"}
ANOMALOUS = CHANGING | {"min", "max", "data_freshness"}


@pytest.mark.parametrize("measure", sorted(CHANGING))
def test_changes_are_followed_over_four_spans(measure: str) -> None:
    checks = [CHECK_REGISTRY.get(f"{measure}_change{span}") for span in ("", "_1_day", "_7_days", "_30_days")]
    assert [check.rule.removeprefix("change_percent") for check in checks] == ["", "_1_day", "_7_days", "_30_days"]
    assert {check.default_severity for check in checks} == {Severity.WARNING}
    assert {check.sensor for check in checks} == {CHECK_REGISTRY.get(f"{measure}_anomaly").sensor}


@pytest.mark.parametrize("measure", sorted(ANOMALOUS))
def test_every_anomaly_has_a_seasonal_variant_of_the_same_measure(measure: str) -> None:
    plain, seasonal = (CHECK_REGISTRY.get(f"{measure}_{kind}") for kind in ("anomaly", "anomaly_seasonal"))
    shared = [(one.sensor, one.fixed, one.category, one.dimension, one.modes) for one in (plain, seasonal)]
    assert shared[0] == shared[1]
    assert plain.defaults == seasonal.defaults
    assert all(RULE_REGISTRY.get(plain.rule_of(mode)).history_points == 90 for mode in plain.modes)


def test_freshness_is_judged_on_one_side() -> None:
    plain, seasonal = (CHECK_REGISTRY.get(f"data_freshness_{kind}") for kind in ("anomaly", "anomaly_seasonal"))
    assert (plain.rule, seasonal.rule) == ("anomaly_timeliness_delay", "anomaly_seasonal_delay")
    assert Mode.PARTITIONED not in plain.modes
    assert [plain.defaults[severity]["anomaly_percent"] for severity in Severity] == [1.0, 0.5, 0.1]
