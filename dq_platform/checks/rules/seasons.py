"""What repeats in a series: by the day of the week, by the day of the month, by the days left of it, or by two of them.

Effects are medians (Tukey, Exploratory Data Analysis, 1977), so that anomalies among the values of a day do not move
them, of the newest values, so that a new habit counts. A day of the month has few values: it has an effect only if that
stands out from the scatter. An effect is judged by what it says of a value that it was computed without.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from statistics import fmean, median

LEVEL = 21
"""How many values around one its level is the median of: whole weeks."""
NEWEST = 13
"""How many of the newest values of a day tell its effect."""
FEWEST = 2
"""How many values of a day are needed besides the one that is judged."""
STANDS_OUT = 4.0
"""By how many standard errors a day of the month must differ to have an effect."""
GAIN = 0.97
"""A richer pattern must leave at most this share of the error of a plainer one."""

NORMAL_MAD = 0.6745
"""The median distance from the median of a normal distribution with the standard deviation 1."""
MEDIAN_ERROR = 1.2533
"""The standard error of a median, by that of a mean, for normal values."""

Key = Callable[[date], int]
Effects = Mapping[int, float]


def days_left(day: date) -> int:
    """0 on the last day of a month."""
    return monthrange(day.year, day.month)[1] - day.day


def day_of_month(day: date) -> int:
    return day.day


@dataclass(frozen=True, slots=True)
class Season:
    """Effects by key of the date. `left_out` has for each day of the series its effect by the other days' values."""

    parts: tuple[tuple[Key, Effects], ...]
    left_out: tuple[float, ...]

    def effect(self, day: date) -> float:
        return sum(effects.get(key(day), 0.0) for key, effects in self.parts)


def no_season(length: int) -> Season:
    return Season((), (0.0,) * length)


def best_season(days: Sequence[date], values: Sequence[float]) -> Season:
    """The plainest pattern that leaves the least error, for values in order of their days."""
    level = _running_median(values)
    rest = [value - usual for value, usual in zip(values, level, strict=True)]
    none = no_season(len(days))
    weekly = _with(none, days, rest, date.weekday, sparse=False)
    candidates = [none, weekly]
    for base in (none, weekly):
        candidates += [_with(base, days, rest, key, sparse=True) for key in (day_of_month, days_left)]
    best, least = none, clipped_error(rest)
    for season in candidates[1:]:
        error = clipped_error([x - effect for x, effect in zip(rest, season.left_out, strict=True)])
        if error < GAIN * least:
            best, least = season, error
    return best


def clipped_error(errors: Sequence[float]) -> float:
    """The mean size of errors, of which none counts more than ten times the median."""
    sizes = [abs(error) for error in errors]
    limit = 10 * median(sizes) or max(sizes)
    return fmean(min(size, limit) for size in sizes)


def _with(base: Season, days: Sequence[date], rest: Sequence[float], key: Key, *, sparse: bool) -> Season:
    """The season with one more part, found in what the season leaves."""
    left = [x - base.effect(day) for x, day in zip(rest, days, strict=True)]
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for index, day in enumerate(days):
        groups[key(day)].append(index)
    noise = STANDS_OUT * MEDIAN_ERROR * median(map(abs, left)) / NORMAL_MAD if sparse else 0.0
    effects = {name: _effect([left[index] for index in members], noise) for name, members in groups.items()}
    left_out = list(base.left_out)
    for members in groups.values():
        for index in members:
            left_out[index] += _effect([left[other] for other in members if other != index], noise)
    return Season((*base.parts, (key, effects)), tuple(left_out))


def _effect(values: Sequence[float], noise: float) -> float:
    newest = values[-NEWEST:]
    if len(newest) < FEWEST:
        return 0.0
    middle = median(newest)
    return middle if abs(middle) > noise / sqrt(len(newest)) else 0.0


def _running_median(values: Sequence[float]) -> list[float]:
    """The median of the values around each one; as many at the ends as in the middle."""
    last = max(0, len(values) - LEVEL)
    starts = (min(max(0, index - LEVEL // 2), last) for index in range(len(values)))
    known = {start: median(values[start : start + LEVEL]) for start in range(last + 1)}
    return [known[start] for start in starts]
