"""The next value of a series, and how far from it one may be: level, trend, season, and the scatter around them.

Values are taken as they are or, if none is below 0, as logarithms of 1 + value, so that what varies by percents has
limits in percents (Box and Cox, 1964). A season is what repeats (see `seasons`). The trend is the median of all slopes
between values one to four weeks apart (Theil, 1950; Sen, 1968), or none. The level is the median of the newest values
without season and trend, of 13 or of 3: one that has shifted counts from the 7th value on, or from the 2nd, and up to 6
anomalies, or one, do not move it. Which of these hold is found by forecasting each earlier value from those before it
and comparing the errors (Dawid's prequential principle, 1984).

The errors' scale comes from their 90th percentile, but is at most one and a half times what their upper quartile tells,
so that anomalies in the history do not hide new ones; the limits are quantiles of Student's t distribution with five
degrees of freedom of that scale (Lange, Little and Taylor, 1989).
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product
from statistics import fmean, median

from dq_platform.checks.rules.seasons import CLIPPED, GAIN, Season, best_season, clipped_error, no_season
from dq_platform.checks.rules.student import upper_quantile

MEMORIES = (13, 3)
WARM_UP = 7
"""How many of the first values are not forecast."""
WEEKS_APART = (7, 14, 21, 28)
MONTHS_APART = (1, 2, 3)
LARGEST_POWER = 700.0

TAILS = (0.1, 0.25)
"""Shares of the errors that are larger than those by which their scale is told."""


@dataclass(frozen=True, slots=True)
class Series:
    """Values in order of time. `numbers` are those of their periods, by which the next one is 0; `days` their dates."""

    numbers: tuple[int, ...]
    days: tuple[date, ...]
    values: tuple[float, ...]
    is_daily: bool = True


@dataclass(frozen=True, slots=True)
class Scale:
    """What values are computed with as, and back. `log_density` tells how much smaller differences are at a number."""

    there: Callable[[float], float]
    back: Callable[[float], float]
    log_density: Callable[[float], float]

    def density(self, numbers: Sequence[float], errors: Sequence[float], limit: float) -> float:
        """What errors must be multiplied by to be compared with those on other scales; anomalies have no say in it."""
        usual = [number for number, error in zip(numbers, errors, strict=True) if abs(error) <= (limit or math.inf)]
        return math.exp(fmean(map(self.log_density, usual or numbers)))


AS_IT_IS = Scale(float, float, lambda _: 0.0)
LOGARITHM = Scale(math.log1p, lambda number: math.expm1(min(number, LARGEST_POWER)), lambda number: number)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A fitted model. `reach` times a quantile of Student's t is how far a value may be, on the scale."""

    scale: Scale
    season: Season
    slope: float
    memory: int
    level: float
    reach: float
    cost: float

    def limits(self, day: date, tail: float) -> tuple[float, float, float]:
        """Lower limit, expected value and upper limit for the next period; `tail` is the share beyond each limit."""
        expected = self.level + self.season.effect(day)
        away = self.reach * upper_quantile(tail)
        lower, middle, upper = map(self.scale.back, (expected - away, expected, expected + away))
        return lower, middle, upper


@lru_cache(maxsize=8)  # The thresholds of one check ask for the same forecast one after the other.
def fit(series: Series) -> Forecast:
    """The forecast whose earlier errors are the least. At least twice `WARM_UP` values."""
    scales = (LOGARITHM, AS_IT_IS) if min(series.values) >= 0 else (AS_IT_IS,)
    candidates = [candidate for scale in scales for candidate in _candidates(series, scale)]
    best = candidates[0]
    for candidate in candidates[1:]:
        if candidate.cost < GAIN * best.cost:
            best = candidate
    return best


def _candidates(series: Series, scale: Scale) -> Iterator[Forecast]:
    values = [scale.there(value) for value in series.values]
    trend = _slope(series, values)
    level = _without_trend(series, values, trend)
    season = best_season(series.days, level) if series.is_daily else no_season(len(values))
    plain = [value - season.effect(day) for value, day in zip(values, series.days, strict=True)]
    unseen = [value - effect for value, effect in zip(values, season.left_out, strict=True)]
    tried: list[tuple[float, int, float, list[float]]] = []
    for slope, memory in product(dict.fromkeys((0.0, trend)), MEMORIES):
        flat, asked = _without_trend(series, plain, slope), _without_trend(series, unseen, slope)
        errors = [value - usual for value, usual in zip(asked, _levels(flat, memory), strict=True)][WARM_UP:]
        tried.append((slope, memory, median(flat[-memory:]), errors))
    limit = CLIPPED * median(median(map(abs, errors)) for *_, errors in tried)
    for slope, memory, now, errors in tried:
        cost = clipped_error(errors, limit) * scale.density(values[WARM_UP:], errors, limit)
        yield Forecast(scale, season, slope, memory, now, _reach(errors), cost)


def _without_trend(series: Series, values: Sequence[float], slope: float) -> list[float]:
    return [value - slope * number for value, number in zip(values, series.numbers, strict=True)]


def _slope(series: Series, values: Sequence[float]) -> float:
    at = dict(zip(series.numbers, values, strict=True))
    slopes = [
        (at[number + apart] - value) / apart
        for apart in (WEEKS_APART if series.is_daily else MONTHS_APART)
        for number, value in at.items()
        if number + apart in at
    ]
    return median(slopes) if slopes else 0.0


def _levels(values: Sequence[float], memory: int) -> list[float]:
    """For each value the median of as many before it; 0 for the first."""
    levels, window = [], list[float]()
    for index, value in enumerate(values):
        levels.append(_middle(window) if window else 0.0)
        insort(window, value)
        if index >= memory:
            window.pop(bisect_left(window, values[index - memory]))
    return levels


def _middle(ascending: Sequence[float]) -> float:
    half = len(ascending) // 2
    return ascending[half] if len(ascending) % 2 else (ascending[half - 1] + ascending[half]) / 2


def _reach(errors: Sequence[float]) -> float:
    """The scale of the errors; their mean size if more than nine of ten are 0."""
    sizes = sorted(map(abs, errors))
    tenth, quarter = (sizes[min(len(sizes), math.ceil((1 - tail) * (len(sizes) + 1))) - 1] for tail in TAILS)
    common, usual = (size / upper_quantile(tail / 2) for size, tail in zip((tenth, quarter), TAILS, strict=True))
    return min(common, 1.5 * usual or common) or fmean(sizes)
