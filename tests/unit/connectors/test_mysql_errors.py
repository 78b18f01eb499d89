from __future__ import annotations

import pytest

from dq_platform.connectors.mysql_errors import PROBLEMS
from dq_platform.errors import SourceProblem


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (3024, SourceProblem.TIMEOUT),
        (1969, SourceProblem.TIMEOUT),
        (1045, SourceProblem.CREDENTIALS),
        (1146, SourceProblem.NOT_FOUND),
        (1213, SourceProblem.RESOURCE),
        (2013, SourceProblem.UNREACHABLE),
        (1792, SourceProblem.PERMISSION),
    ],
)
def test_both_products_numbers_are_known(number: int, problem: SourceProblem) -> None:
    assert PROBLEMS[number] is problem
