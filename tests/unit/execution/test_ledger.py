from __future__ import annotations

import pytest

from dq_platform.errors import SourceError, SourceProblem
from dq_platform.execution.grade import Execution, fail
from dq_platform.execution.ledger import Ledger, charged, merged
from dq_platform.models.cost import FREE, Cost
from tests.unit.execution.builders import NOW, check


class Spending:
    milliseconds, statements = 3.0, 7.0

    def spend(self, milliseconds):
        self.milliseconds += milliseconds
        self.statements += 1

    def fail(self):
        self.spend(1)
        raise ValueError("wrong")


def result(id):
    return fail(Execution.of(check(id), "job", NOW, Cost(1, 1, 1)), SourceError(SourceProblem.BAD_SQL, "x"), NOW)


def test_a_statement_is_divided_equally_among_the_checks_that_it_serves():
    ledger = Ledger()
    session = Spending()
    with ledger.statement(["a", "b"], session):
        session.spend(12)
    ledger.charge(["b"], Cost(0, 1, 10))
    assert {name: cost.statements for name, cost in ledger.costs.items()} == {"a": 0.5, "b": 1.5}
    assert ledger.costs["a"].milliseconds == ledger.costs["b"].milliseconds == 6


def test_a_statement_that_fails_costs_no_less():
    ledger = Ledger()
    session = Spending()
    with pytest.raises(ValueError, match="wrong"), ledger.statement(["a"], session):
        session.fail()
    assert ledger.costs["a"].statements == 1


def test_both_sides_costs_are_added():
    assert merged({"a": Cost(1, 1, 1)}, {"a": Cost(2, 2, 2), "b": FREE}) == {"a": Cost(3, 3, 3), "b": FREE}


def test_further_costs_of_a_check_are_divided_among_its_results():
    found = charged([result("a"), result("b"), result("a")], {"a": Cost(4, 2, 6)})
    assert [one.cost for one in found] == [Cost(3, 2, 4), Cost(1, 1, 1), Cost(3, 2, 4)]
