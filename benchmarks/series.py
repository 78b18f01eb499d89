"""Daily series as tables make them, with anomalies planted where we know them. Seeded: the same every time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dq_platform.models.result import HistoryPoint

DAYS = 365
FIRST = date(2024, 1, 1)
LEARNING = 90
"""Nothing is planted or counted before the longest window of the catalogue's rules is full."""
SETTLING = 7
"""After a lasting shift, which is an anomaly on its first day, alarms of so many days are neither right nor wrong."""


@dataclass(frozen=True, slots=True)
class Series:
    """`anomalies` should be found; `unclear` is not counted; all else should pass. All by index of the point."""

    name: str
    points: list[HistoryPoint]
    anomalies: frozenset[datetime]
    unclear: frozenset[datetime]


Usual = Callable[[random.Random, int, date], float]


def steady(rng: random.Random, _index: int, _day: date) -> float:
    return 10_000 * rng.gauss(1, 0.04)


def weekly(rng: random.Random, _index: int, day: date) -> float:
    return (3_000 if day.weekday() >= 5 else 10_000) * rng.gauss(1, 0.05)


def growing(rng: random.Random, index: int, day: date) -> float:
    return 1.004**index * weekly(rng, index, day)


def month_end(rng: random.Random, index: int, day: date) -> float:
    last = (day + timedelta(days=1)).day == 1
    return weekly(rng, index, day) + (25_000 * rng.gauss(1, 0.05) if last else 0)


def percent(rng: random.Random, _index: int, day: date) -> float:
    return max(0.0, (4 if day.weekday() >= 5 else 1.5) + rng.gauss(0, 0.12))


USUAL: dict[str, Usual] = {
    "steady": steady,
    "weekly": weekly,
    "weekly, growing": growing,
    "weekly, month's end": month_end,
    "percent, weekly": percent,
}


def planted(name: str, usual: Usual, seed: int) -> Series:
    """A year with nine spikes and drops of a third to three times, one shift for good, and one day of ten missing."""
    rng = random.Random(f"{name} {seed}")
    odd = dict.fromkeys(rng.sample(range(LEARNING, DAYS), 9), 1.0)
    for index in odd:
        odd[index] = rng.choice([0.0, 0.35, 0.5, 0.65, 1.5, 2.0, 3.0])
    shift = rng.randrange(LEARNING + 30, DAYS - 60)
    missing = set(rng.sample(range(DAYS), DAYS // 12)) | set(range(shift - 30, shift - 25))
    factor = rng.choice([0.6, 1.6])
    points, anomalies, unclear = [], set(), set()
    for index in range(DAYS):
        day = FIRST + timedelta(days=index)
        value = usual(rng, index, day) * odd.get(index, 1.0) * (factor if index >= shift else 1.0)
        if index in missing and index not in odd and index != shift:
            continue
        period = datetime(day.year, day.month, day.day, tzinfo=UTC)
        points.append(HistoryPoint(period, round(value, 3)))
        if index in odd or index == shift:
            anomalies.add(period)
        elif index < LEARNING or shift < index < shift + SETTLING:
            unclear.add(period)
    return Series(name, points, frozenset(anomalies), frozenset(unclear))


def total(seed: int) -> Series:
    """A table that only grows, by more on weekdays; seven loads fail, or come twice, and are not mended."""
    rng = random.Random(f"total {seed}")
    odd = {index: rng.choice([0.0, 0.0, 2.5]) for index in rng.sample(range(LEARNING, DAYS), 7)}
    rows, points, anomalies = 1_000_000.0, [], set()
    for index in range(DAYS):
        day = FIRST + timedelta(days=index)
        rows += weekly(rng, index, day) * odd.get(index, 1.0)
        period = datetime(day.year, day.month, day.day, tzinfo=UTC)
        points.append(HistoryPoint(period, round(rows)))
        if index in odd:
            anomalies.add(period)
    settling = {odd_one + after for odd_one in odd for after in range(1, SETTLING)} - set(odd)
    unclear = {points[index].time_period for index in (*range(LEARNING), *settling) if index < DAYS}
    return Series("total, growing", points, frozenset(anomalies), frozenset(unclear))
