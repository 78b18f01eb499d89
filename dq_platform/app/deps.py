"""What every use case gets from its composition root."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from dq_platform.app.limits import JobLimits
from dq_platform.app.once import Once
from dq_platform.connectors.sources import Sources
from dq_platform.ports import Clock, Queue, SecretHasher, Uow

COMPUTATIONS = 2
"""How many long computations a process does at once; the next ones wait."""


def _computing() -> asyncio.Semaphore:
    return asyncio.Semaphore(COMPUTATIONS)


@dataclass(frozen=True, slots=True)
class Deps:
    """Our store, the queue, the time, the hash of keys, the customers' engines, and what jobs may take.

    `computing` is held by who computes for seconds, so that everybody else keeps a share of the processor. `once` has
    what units of one job asked their source on behalf of all.
    """

    uow: Uow
    queue: Queue
    clock: Clock
    hasher: SecretHasher
    sources: Sources
    limits: JobLimits = field(default_factory=JobLimits)
    computing: asyncio.Semaphore = field(default_factory=_computing)
    once: Once = field(default_factory=Once)
