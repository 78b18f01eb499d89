from __future__ import annotations

import re

from dq_platform.connectors.oracle_errors import PROBLEMS
from dq_platform.errors import SourceProblem


def test_codes_are_spelled_as_the_driver_spells_them() -> None:
    assert [code for code in PROBLEMS if not re.fullmatch(r"ORA-\d{5}|DPY-\d{4}", code)] == []


def test_each_problem_that_a_server_can_have_has_its_codes() -> None:
    assert set(PROBLEMS.values()) == {
        SourceProblem.UNREACHABLE,
        SourceProblem.CREDENTIALS,
        SourceProblem.PERMISSION,
        SourceProblem.NOT_FOUND,
        SourceProblem.TIMEOUT,
        SourceProblem.CANCELLED,
        SourceProblem.RESOURCE,
    }
