"""How the catalogue's files declare check types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from dq_platform.checks.drift import Drift
from dq_platform.checks.level import Level
from dq_platform.checks.params import ParamSpec
from dq_platform.checks.reference import reference_params
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.checks.sensors.statistic import WHY_NOT, Statistic
from dq_platform.models.check import Mode, TimeScale
from dq_platform.models.metadata import DataType
from dq_platform.models.outcome import Severity
from dq_platform.models.values import Params, ValueKind

TABLE, COLUMN = Level.TABLE, Level.COLUMN


class Dimension(StrEnum):
    """The quality of data that a check speaks of."""

    ACCURACY = "Accuracy"
    AVAILABILITY = "Availability"
    COMPLETENESS = "Completeness"
    CONSISTENCY = "Consistency"
    INTEGRITY = "Integrity"
    REASONABLENESS = "Reasonableness"
    TIMELINESS = "Timeliness"
    UNIQUENESS = "Uniqueness"
    VALIDITY = "Validity"


class Compares(StrEnum):
    """What a side has in a group or period of which only the other side has rows: no value, or the count 0."""

    VALUES = "values"
    COUNTS = "counts"


ALL_MODES = (Mode.PROFILING, Mode.MONITORING, Mode.PARTITIONED)
WHOLE_TABLE_MODES = (Mode.PROFILING, Mode.MONITORING)

TIME_SCALES: Mapping[Mode, tuple[TimeScale, ...]] = MappingProxyType(
    {
        Mode.PROFILING: (TimeScale.MONTHLY,),
        Mode.MONITORING: (TimeScale.DAILY, TimeScale.MONTHLY),
        Mode.PARTITIONED: (TimeScale.DAILY, TimeScale.MONTHLY),
    }
)
"""Which time scales a mode has."""


@dataclass(frozen=True, slots=True)
class CheckType:
    """One check type: a sensor whose reading a rule judges.

    `rules_by_mode` has the modes in which another rule with the same parameters judges. A `daily` check type has no
    monthly scale in modes that have a choice. `defaults` are the rule's parameters that each severity starts from; a
    severity without an entry has none to start from. A check for which no threshold is given has the `default_severity`
    alone. `fixed` are sensor parameters that the check type decides, so that nobody gives them. With `compares` the
    sensor measures a reference table too, and what it gives there is the expected value. With `drift` its checks keep
    a baseline of the table's columns, or of the one column, and measure in which of them it differs.
    """

    name: str
    level: Level
    category: str
    dimension: Dimension
    sensor: str
    rule: str
    modes: tuple[Mode, ...] = ALL_MODES
    description: str = ""
    defaults: Mapping[Severity, Params] = field(default_factory=dict)
    default_severity: Severity = Severity.ERROR
    fixed: Params = field(default_factory=dict)
    compares: Compares | None = None
    drift: Drift | None = None
    rules_by_mode: Mapping[Mode, str] = field(default_factory=dict)
    daily: bool = False

    def rule_of(self, mode: Mode) -> str:
        return self.rules_by_mode.get(mode, self.rule)

    @property
    def judges(self) -> frozenset[ValueKind]:
        """The kinds of values that it can judge."""
        return RULE_REGISTRY.get(self.rule).judges

    @property
    def accepts(self) -> frozenset[DataType]:
        """The types of the column that it can look at: what the sensor measures there is what the rule judges."""
        return SENSOR_REGISTRY.get(self.sensor).accepted_by(self.judges)

    @property
    def sensor_params(self) -> tuple[ParamSpec, ...]:
        """What can be given in a check's `sensor_params`: of the sensor's what is not fixed, and the reference."""
        own = tuple(spec for spec in SENSOR_REGISTRY.get(self.sensor).params if spec.name not in self.fixed)
        return (
            (*own, *reference_params(self.level, partitioned=Mode.PARTITIONED in self.modes)) if self.compares else own
        )

    @property
    def has_error_samples(self) -> bool:
        """Whether single rows speak against the data; not if two tables are compared."""
        return self.compares is None and SENSOR_REGISTRY.get(self.sensor).judges_rows

    @property
    def statistic(self) -> Statistic:
        """What kind of number it judges."""
        return Statistic.COMPARISON if self.compares else SENSOR_REGISTRY.get(self.sensor).measures

    @property
    def sample_refusal(self) -> str:
        """Why it cannot be measured on a sample of the rows, as a sentence; empty if it can."""
        why = WHY_NOT.get(self.statistic)
        return f"{self.name} {why}." if why else ""

    def time_scales(self, mode: Mode) -> tuple[TimeScale, ...]:
        scales = TIME_SCALES[mode]
        return (TimeScale.DAILY,) if self.daily and TimeScale.DAILY in scales else scales


def check(  # noqa: PLR0913
    name: str,
    *,
    level: Level,
    sensor: str,
    rule: str,
    dimension: Dimension,
    modes: tuple[Mode, ...] = ALL_MODES,
    description: str = "",
    defaults: Mapping[str, Params] = MappingProxyType({}),
    default_severity: Severity = Severity.ERROR,
    fixed: Params = MappingProxyType({}),
    compares: Compares | None = None,
    drift: Drift | None = None,
    rules_by_mode: Mapping[Mode, str] = MappingProxyType({}),
    daily: bool = False,
) -> CheckType:
    """A check type; `defaults` is keyed by `warning`, `error`, `fatal`. Its category is that of the file."""
    return CheckType(
        name=name,
        level=level,
        category="",
        dimension=dimension,
        sensor=sensor,
        rule=rule,
        modes=modes,
        description=description,
        defaults={Severity[severity.upper()]: params for severity, params in defaults.items()},
        default_severity=default_severity,
        fixed=fixed,
        compares=compares,
        drift=drift,
        rules_by_mode=rules_by_mode,
        daily=daily,
    )


def category(name: str, *checks: CheckType) -> tuple[CheckType, ...]:
    """The check types of one category."""
    return tuple(replace(check, category=name) for check in checks)
