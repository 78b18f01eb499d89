"""What every use case gets from its composition root."""

from __future__ import annotations

from dataclasses import dataclass

from dq_platform.connectors.sources import Sources
from dq_platform.ports import Clock, Queue, SecretHasher, Uow


@dataclass(frozen=True, slots=True)
class Deps:
    """Our store, the queue, the time, the hash of keys, and the customers' engines."""

    uow: Uow
    queue: Queue
    clock: Clock
    hasher: SecretHasher
    sources: Sources
