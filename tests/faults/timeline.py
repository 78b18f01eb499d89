"""Which faults happen when: drawn from a seed, before anything runs."""

from __future__ import annotations

import random
from dataclasses import dataclass

WORKERS = ("worker-1", "worker-2", "worker-3")
CRONS = ("cron-1", "cron-2")
LEASE_SECONDS = 2.0
SKEWS = (0.0, 0.0, 0.0, 0.7, -0.7, 3.0, -3.0)
"""By how many seconds the clock of a process that starts may be ahead: mostly right, now and then beyond the lease."""
WEIGHTS = {
    "kill": 4,
    "pause": 4,
    "kill_cron": 1,
    "pause_cron": 1,
    "flush_redis": 2,
    "restart_redis": 1,
    "restart_store": 1,
    "crash_store": 1,
    "cut_source": 2,
}
EARLY = ("kill", "pause", "flush_redis", "crash_store", "cut_source", "pause_cron", "restart_redis", "kill_cron")
"""What even the shortest run plays, in an order of its own."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong: `at` seconds after the start, with which process or store, for how long; `skew` is the clock
    of the process that takes a killed one's place."""

    at: float
    kind: str
    target: str
    lasts: float
    skew: float

    def __str__(self) -> str:
        return f"{self.at:7.2f} s  {self.kind:<14} {self.target:<9} for {self.lasts:.1f} s, skew {self.skew:+.1f} s"


def timeline(seed: int, seconds: float) -> list[Fault]:
    """The faults of a run that plays for so long, in the order of their time; equal seeds give equal faults."""
    draw = random.Random(seed)
    early = draw.sample(EARLY, len(EARLY))
    faults: list[Fault] = []
    at = draw.uniform(0.5, 1.5)
    while at < seconds:
        kind = early.pop() if early else draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        faults.append(Fault(at, kind, _target(draw, kind), _lasts(draw, kind), draw.choice(SKEWS)))
        at += draw.uniform(0.4, 2.0)
    return faults


def _target(draw: random.Random, kind: str) -> str:
    if kind in ("kill", "pause"):
        return draw.choice(WORKERS)
    if kind in ("kill_cron", "pause_cron"):
        return draw.choice(CRONS)
    return kind.partition("_")[2]


def _lasts(draw: random.Random, kind: str) -> float:
    """A pause outlasts the lease, mostly; what is away comes back soon."""
    if kind.startswith("pause"):
        return draw.uniform(0.5, 2.5) * LEASE_SECONDS
    return draw.uniform(0.1, 1.5)
