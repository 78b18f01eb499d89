"""What asking a source takes, and how much of it a connection allows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """What a source did for a check: its share where a statement served others too.

    `milliseconds` are those until the source answered, connecting included. `statements` may be a fraction; a question
    to the source's catalogue is one. `scanned_rows` are the rows that the statements read, by estimate; None: that is
    not known of all of them.
    """

    milliseconds: float = 0.0
    statements: float = 0.0
    scanned_rows: float | None = 0.0

    def __add__(self, other: Cost) -> Cost:
        known = self.scanned_rows is not None and other.scanned_rows is not None
        return Cost(
            self.milliseconds + other.milliseconds,
            self.statements + other.statements,
            (self.scanned_rows or 0.0) + (other.scanned_rows or 0.0) if known else None,
        )

    def share(self, among: int) -> Cost:
        """One of so many equal parts."""
        rows = None if self.scanned_rows is None else self.scanned_rows / among
        return Cost(self.milliseconds / among, self.statements / among, rows)


FREE = Cost()


@dataclass(frozen=True, slots=True)
class Budget:
    """What running checks may ask of a source; None: as much as they need.

    The first two are by estimate, of one table in one run. `allow_unknown_size`: statements of which nobody knows how
    much they read are sent though one of the two is set. `max_concurrent_statement_count` holds for all
    workers together.
    """

    max_scanned_row_count: int | None = None
    max_scanned_bytes: int | None = None
    allow_unknown_size: bool = False
    max_concurrent_statement_count: int | None = None

    @property
    def limits_scans(self) -> bool:
        return self.max_scanned_row_count is not None or self.max_scanned_bytes is not None

    def sessions(self, limit: int) -> int:
        """How many sessions a process may have whose own limit is that."""
        return min(limit, self.max_concurrent_statement_count or limit)
