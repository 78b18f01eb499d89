"""Check types that judge a measure by its own history: how it changes, and when it is an anomaly."""

from __future__ import annotations

from dataclasses import dataclass, field

from dq_platform.checks.catalog.declare import ALL_MODES, CheckType, Dimension, check
from dq_platform.checks.catalog.defaults import RARE, RARE_DELAY, SMALL_CHANGE, Defaults
from dq_platform.checks.level import Level
from dq_platform.models.check import Mode
from dq_platform.models.outcome import Severity
from dq_platform.models.values import Params

STATIONARY = "anomaly_stationary_percentile_moving_average"
DIFFERENCING = "anomaly_differencing_percentile_moving_average"
PERCENT_VALUES = "anomaly_stationary_percent_values"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is followed: `name` is what its check types begin with."""

    name: str
    level: Level
    sensor: str
    dimension: Dimension = Dimension.CONSISTENCY
    modes: tuple[Mode, ...] = ALL_MODES
    fixed: Params = field(default_factory=dict)


def changes(measure: Measure, *, daily: bool = False) -> tuple[CheckType, ...]:
    """Changes since the period before (`daily`: never of months), and since 1, 7 and 30 days before."""
    spans = ("1_day", "7_days", "30_days")
    return (
        _over_time(measure, "change", "change_percent", SMALL_CHANGE, daily=daily),
        *(_over_time(measure, f"change_{span}", f"change_percent_{span}", SMALL_CHANGE) for span in spans),
    )


def anomalies(measure: Measure, rule: str, partitioned: str = "") -> tuple[CheckType, ...]:
    """Anomalies by the rule, in partitioned mode by another, and those by a rule that knows weekdays and month days."""
    one_sided = rule == "anomaly_timeliness_delay"
    defaults, seasonal = (RARE_DELAY, "anomaly_seasonal_delay") if one_sided else (RARE, "anomaly_seasonal")
    plain = _over_time(measure, "anomaly", rule, defaults, partitioned=partitioned)
    return plain, _over_time(measure, "anomaly_seasonal", seasonal, defaults)


def _over_time(
    measure: Measure, suffix: str, rule: str, defaults: Defaults, *, partitioned: str = "", daily: bool = True
) -> CheckType:
    return check(
        f"{measure.name}_{suffix}",
        level=measure.level,
        sensor=measure.sensor,
        rule=rule,
        dimension=measure.dimension,
        modes=measure.modes,
        defaults=defaults,
        default_severity=Severity.WARNING,
        fixed=measure.fixed,
        rules_by_mode={Mode.PARTITIONED: partitioned} if partitioned else {},
        daily=daily,
    )
