"""How much of a table a run may read: what statements take of its connection's budget, before they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from dq_platform.errors import DomainError
from dq_platform.execution.problems import ScanBudgetExceeded, ScanSizeUnknown
from dq_platform.models.cost import Budget
from dq_platform.models.metadata import TableSize


class Reads(NamedTuple):
    """What a statement reads: its own table so many times, and other tables of these sizes."""

    passes: int = 1
    others: tuple[TableSize, ...] = ()


class _Limit(NamedTuple):
    """One side of a budget, what is used of it, and what a statement wants; `field` is its name in the contract."""

    field: str
    unit: str
    most: int | None
    used: int
    wanted: int | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to a run of one table: a pass over it takes its whole size, whatever filters spare the engine."""

    budget: Budget = field(default_factory=Budget)
    size: TableSize = field(default_factory=TableSize)
    used_rows: int = 0
    used_bytes: int = 0

    def refusal(self, reads: Reads) -> DomainError | None:
        """Why that may not be read besides; None if it may."""
        for limit in self._limits(reads):
            if limit.most is None:
                continue
            if limit.wanted is None:
                if not self.budget.allow_unknown_size:
                    return ScanSizeUnknown(limit.field, elsewhere=bool(reads.others))
            elif limit.used + limit.wanted > limit.most:
                return ScanBudgetExceeded(limit.field, limit.unit, limit.wanted, limit.most, limit.used)
        return None

    def less(self, reads: Reads) -> Allowance:
        """What is left when that was read; what nobody knows takes nothing."""
        wanted = self.wanted(reads)
        return replace(
            self,
            used_rows=self.used_rows + (wanted.rows or 0),
            used_bytes=self.used_bytes + (wanted.bytes or 0),
        )

    def wanted(self, reads: Reads) -> TableSize:
        """How much that is; None where it is not known of a part."""
        parts = [self.size] * reads.passes + list(reads.others)
        return TableSize(_total([part.rows for part in parts]), _total([part.bytes for part in parts]))

    def _limits(self, reads: Reads) -> Iterator[_Limit]:
        budget, wanted = self.budget, self.wanted(reads)
        yield _Limit("max_scanned_row_count", "rows", budget.max_scanned_row_count, self.used_rows, wanted.rows)
        yield _Limit("max_scanned_bytes", "bytes", budget.max_scanned_bytes, self.used_bytes, wanted.bytes)


def _total(parts: list[int | None]) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None
