"""Who bears the cost of statements that serve several checks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

from dq_platform.models.cost import FREE, Cost
from dq_platform.models.result import Result


class Spending(Protocol):
    """A session that counts what it has sent until now, and how long the answers took; its share of what it shares."""

    @property
    def milliseconds(self) -> float: ...

    @property
    def statements(self) -> float: ...


@dataclass(slots=True)
class Ledger:
    """Costs by check id. What serves several checks is shared equally, so that all shares add up to what was spent."""

    costs: dict[str, Cost] = field(default_factory=dict)

    def charge(self, check_ids: Collection[str], cost: Cost) -> None:
        share = cost.share(len(check_ids))
        for check_id in check_ids:
            self.costs[check_id] = self.costs.get(check_id, FREE) + share

    @contextmanager
    def statement(self, check_ids: Collection[str], session: Spending) -> Iterator[None]:
        """Charge what the session spends meanwhile; a statement that fails costs no less."""
        spent = Cost(session.milliseconds, session.statements)
        try:
            yield
        finally:
            cost = Cost(session.milliseconds - spent.milliseconds, session.statements - spent.statements)
            self.charge(check_ids, cost)


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
