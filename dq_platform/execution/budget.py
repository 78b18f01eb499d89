"""How much of a table a run may read: what statements take of its connection's budget, before they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from dq_platform.errors import DomainError
from dq_platform.execution.problems import ScanBudgetExceeded, ScanSizeUnknown
from dq_platform.models.cost import Budget


class TableSize(NamedTuple):
    """What one pass over a table reads, as far as it is known."""

    rows: int | None = None
    bytes: int | None = None


class _Limit(NamedTuple):
    """One side of a budget, and what one pass takes of it; `field` is its name in the contract."""

    field: str
    unit: str
    most: int
    one_pass: int | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to a run of one table: a pass over it takes its whole size, whatever filters spare the engine."""

    budget: Budget = field(default_factory=Budget)
    size: TableSize = field(default_factory=TableSize)
    passes: int = 0

    def refusal(self, passes: int | None) -> DomainError | None:
        """Why so many further passes may not be made; None if they may. `passes` None: nobody knows how many."""
        if passes == 0:
            return None
        for limit in self._limits():
            if passes is None or limit.one_pass is None:
                if not self.budget.allow_unknown_size:
                    return ScanSizeUnknown(limit.field, elsewhere=passes is None)
            elif limit.one_pass * (self.passes + passes) > limit.most:
                taken, wanted = limit.one_pass * self.passes, limit.one_pass * passes
                return ScanBudgetExceeded(limit.field, limit.unit, wanted, limit.most, taken)
        return None

    def less(self, passes: int | None) -> Allowance:
        """What is left after so many passes; those that nobody can count take nothing."""
        return replace(self, passes=self.passes + (passes or 0))

    def scanned_rows(self, passes: int | None) -> float | None:
        """How many rows the passes read; None if that is not known."""
        if passes == 0:
            return 0.0
        return None if passes is None or self.size.rows is None else float(passes * self.size.rows)

    def _limits(self) -> Iterator[_Limit]:
        budget = self.budget
        if budget.max_scanned_row_count is not None:
            yield _Limit("max_scanned_row_count", "rows", budget.max_scanned_row_count, self.size.rows)
        if budget.max_scanned_bytes is not None:
            yield _Limit("max_scanned_bytes", "bytes", budget.max_scanned_bytes, self.size.bytes)
