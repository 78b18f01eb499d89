"""Advisory locks in our store: what one process at a time may do in the whole database."""

from __future__ import annotations

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """Their numbers, which nothing else in this database locks; tables of incidents have hashes for theirs."""

    MIGRATIONS = 7_316_200
    PARTITIONS = 7_316_201
    RETENTION = 7_316_202
    # The function `claim_tasks` takes it by this number.
    CLAIMS = 7_316_203
    OUTBOX = 7_316_204
