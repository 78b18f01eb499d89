"""Who bears the cost of statements that serve several checks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter

from dq_platform.models.cost import FREE, Cost
from dq_platform.models.result import Result


@dataclass(slots=True)
class Ledger:
    """Costs by check id. What serves several checks is shared equally, so that all shares add up to what was spent."""

    costs: dict[str, Cost] = field(default_factory=dict)

    def charge(self, check_ids: Collection[str], cost: Cost) -> None:
        share = cost.share(len(check_ids))
        for check_id in check_ids:
            self.costs[check_id] = self.costs.get(check_id, FREE) + share

    @contextmanager
    def statement(self, check_ids: Collection[str]) -> Iterator[None]:
        """While it runs, the statement's time passes; one that fails costs no less."""
        started = perf_counter()
        try:
            yield
        finally:
            self.charge(check_ids, Cost((perf_counter() - started) * 1000, 1))


def merged(one: Mapping[str, Cost], other: Mapping[str, Cost]) -> dict[str, Cost]:
    """Both costs of every check."""
    return {**one, **{check_id: one.get(check_id, FREE) + cost for check_id, cost in other.items()}}


def charged(results: Iterable[Result], costs: Mapping[str, Cost]) -> list[Result]:
    """The results with further costs of their checks, in equal parts for all results of a check."""
    found = list(results)
    counts: dict[str, int] = {}
    for result in found:
        counts[result.check_id] = counts.get(result.check_id, 0) + 1
    return [
        replace(one, cost=one.cost + costs[one.check_id].share(counts[one.check_id])) if one.check_id in costs else one
        for one in found
    ]
