"""What repeats in a series: by the day of the week, and on special days of the month, counted from either end.

Effects are medians (Tukey, Exploratory Data Analysis, 1977), so that anomalies among the values of a day do not move
them, of the newest values, so that a new habit counts. Most days of a month are like any other: one is special only if
nearly all of its values stand out from the scatter, on the same side. What a special day does comes on top of its
weekday, or in its place. A pattern is judged by what it says of values that it was computed without.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from statistics import fmean, median

LEVEL = 21
"""How many values around one its level is the median of: whole weeks."""
NEWEST = 13
"""How many of the newest values of a day tell its effect."""
FEWEST = 2
"""How many values of a day are needed besides the one that is judged."""
STANDS_OUT = 4.0
"""By how many standard errors the median of a special day differs; half as many deviations its values differ by."""
EXCEPTIONS = 5
"""One of so many values of a special day may be like those of other days."""
CLIPPED = 10
"""An error counts no more than so many typical ones, lest a model be chosen for the anomalies it explains."""
GAIN = 0.97
"""A richer pattern must leave at most this share of the error of a plainer one."""

NORMAL_MAD = 0.6745
"""The median distance from the median of a normal distribution with the standard deviation 1."""
MEDIAN_ERROR = 1.2533
"""The standard error of a median, by that of a mean, for normal values."""

Key = Callable[[date], int]
Effects = Mapping[int, float]
Effect = Callable[[Sequence[float]], float]


def days_left(day: date) -> int:
    """0 on the last day of a month."""
    return monthrange(day.year, day.month)[1] - day.day


def day_of_month(day: date) -> int:
    return day.day


@dataclass(frozen=True, slots=True)
class Season:
    """Effects of weekdays, and of special days by their `key`, which may replace those of their weekdays.

    `left_out` has for each day of the series its effect by the other days' values.
    """

    left_out: tuple[float, ...]
    weekdays: Effects = field(default_factory=dict)
    key: Key = day_of_month
    special: Effects = field(default_factory=dict)
    replaces: bool = False

    def effect(self, day: date) -> float:
        return combined(self.weekdays.get(day.weekday(), 0.0), self.special.get(self.key(day), 0.0), self.replaces)


def combined(weekday: float, special: float, replaces: bool) -> float:  # noqa: FBT001 - mapped over columns
    return special if special and replaces else weekday + special


def no_season(length: int) -> Season:
    return Season((0.0,) * length)


def best_season(days: Sequence[date], values: Sequence[float]) -> Season:
    """The plainest pattern that leaves the least error, for values without trend in order of their days."""
    level = _running_median(values)
    rest = [value - usual for value, usual in zip(values, level, strict=True)]
    best, limit = no_season(len(days)), CLIPPED * median(map(abs, rest))
    least = clipped_error(rest, limit)
    for season in _patterns(days, rest):
        error = clipped_error(_without(rest, season.left_out), limit)
        if error < GAIN * least:
            best, least = season, error
    return best


def clipped_error(errors: Iterable[float], limit: float) -> float:
    """The mean size of errors, of which none counts more than the limit; 0: there is no limit."""
    return fmean(min(abs(error), limit or math.inf) for error in errors)


def _patterns(days: Sequence[date], rest: Sequence[float]) -> Iterator[Season]:
    """From the plain to the rich ones."""
    weekdays, weekly = _effects(list(map(date.weekday, days)), rest, _usual)
    yield Season(tuple(weekly), weekdays)
    none = [0.0] * len(days)
    for key, (base, apart) in product((day_of_month, days_left), (({}, none), (weekdays, weekly))):
        names, left = list(map(key, days)), _without(rest, apart)
        noise = median(map(abs, left)) / NORMAL_MAD
        special, alone = _effects(names, left, _standing_out(noise), STANDS_OUT / 2 * noise)
        yield _with_special(Season(tuple(apart), base, key, special), alone)
        if base:
            whole, whole_alone = _effects(names, rest, _usual)
            special = {name: whole[name] for name, effect in special.items() if effect}
            alone = [instead if effect else 0.0 for effect, instead in zip(alone, whole_alone, strict=True)]
            yield _with_special(Season(tuple(apart), base, key, special, replaces=True), alone)


def _with_special(season: Season, alone: Sequence[float]) -> Season:
    both = (combined(*pair, season.replaces) for pair in zip(season.left_out, alone, strict=True))
    return replace(season, left_out=tuple(both))


def _without(values: Sequence[float], effects: Sequence[float]) -> list[float]:
    return [value - effect for value, effect in zip(values, effects, strict=True)]


def _effects(
    names: Sequence[int], rest: Sequence[float], effect: Effect, least: float = 0.0
) -> tuple[Effects, list[float]]:
    """The effect of each name's values; and for each value that of the others of its name.

    Names of which fewer than two values are at least so far from 0 are known to have none.
    """
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for index, name in enumerate(names):
        groups[name].append(index)
    effects, left_out = dict[int, float](), [0.0] * len(names)
    for name, members in groups.items():
        values = [rest[index] for index in members]
        if sum(abs(value) >= least for value in values) >= FEWEST:
            effects[name] = effect(values)
            for place, index in enumerate(members):
                left_out[index] = effect(values[:place] + values[place + 1 :])
    return effects, left_out


def _usual(values: Sequence[float]) -> float:
    return median(values[-NEWEST:]) if len(values) >= FEWEST else 0.0


def _standing_out(noise: float) -> Effect:
    def effect(values: Sequence[float]) -> float:
        newest = values[-NEWEST:]
        middle = _usual(newest)
        if abs(middle) <= STANDS_OUT * MEDIAN_ERROR * noise / math.sqrt(len(newest) or 1):
            return 0.0
        outstanding = sum(value * middle > 0 and abs(value) > STANDS_OUT / 2 * noise for value in newest)
        return middle if len(newest) - outstanding <= len(newest) // EXCEPTIONS else 0.0

    return effect


def _running_median(values: Sequence[float]) -> list[float]:
    """The median of the values around each one; as many at the ends as in the middle."""
    last = max(0, len(values) - LEVEL)
    starts = (min(max(0, index - LEVEL // 2), last) for index in range(len(values)))
    known = {start: median(values[start : start + LEVEL]) for start in range(last + 1)}
    return [known[start] for start in starts]
