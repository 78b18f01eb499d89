"""Thresholds that many check types start from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dq_platform.models.values import Params

Defaults = Mapping[str, Params]


def of(name: str, warning: float, error: float, fatal: float) -> Defaults:
    """The same parameter at three severities."""
    return {"warning": {name: warning}, "error": {name: error}, "fatal": {name: fatal}}


NO_PARAMETERS: Final[Defaults] = {"warning": {}, "error": {}, "fatal": {}}
FEW_BAD_ROWS: Final = of("max_count", 0, 0, 100)
FEW_BAD_PERCENT: Final = of("max_percent", 0.0, 0.0, 5.0)
MOSTLY_GOOD_PERCENT: Final = of("min_percent", 100.0, 100.0, 95.0)
ALL_PERCENT: Final = of("min_percent", 100.0, 100.0, 100.0)
SOME_ROWS: Final = of("min_count", 1, 1, 1)
SAME_AS_REFERENCE: Final = of("max_diff_percent", 0.0, 1.0, 5.0)
SAME_DAY_AS_REFERENCE: Final = of("max_diff_days", 0.0, 1.0, 7.0)
FEW_FAILURES: Final = of("max_failures", 0, 1, 5)
FEW_MISSING: Final = of("max_missing", 0, 0, 2)
# Each severity waits longer than the milder one.
FEW_DAYS: Final = of("max_days", 1.0, 2.0, 7.0)
SMALL_CHANGE: Final = of("max_percent", 10.0, 20.0, 50.0)
RARE: Final = of("anomaly_percent", 0.1, 0.05, 0.01)
RARE_DELAY: Final = of("anomaly_percent", 1.0, 0.5, 0.1)
