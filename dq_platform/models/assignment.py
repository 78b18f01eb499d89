"""What a worker is given to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dq_platform.models.check import Check
from dq_platform.models.connection import Connection
from dq_platform.models.job import Job
from dq_platform.models.metadata import KnownTable, Place


@dataclass(frozen=True, slots=True)
class Assignment:
    """What units of one job and one connection are about.

    `checks` are those that still exist, by id, `known` is what we know of their tables. `connection` is None if it is
    gone, and its checks with it.
    """

    job: Job
    connection: Connection | None
    checks: Mapping[str, Check]
    known: Mapping[Place, KnownTable]
