"""What SQL Server's and Azure SQL's errors mean; those that are not here say what is wrong with a statement."""

from __future__ import annotations

import re

from dq_platform.connectors.driver_errors import problem_of_sqlstate
from dq_platform.errors import SourceProblem

_NUMBERS = {
    SourceProblem.UNREACHABLE: (233, 596, 6005, 10053, 10054, 10060, 20004, 20006, 20009, 40197, 40613, 40615, 42108,
                                42109),
    SourceProblem.CREDENTIALS: (18452, 18456, 18470, 18486, 18487, 18488, 33155, 40532),
    SourceProblem.PERMISSION: (229, 230, 262, 297, 300, 371, 916, 978, 3906, 15247, 15562),
    SourceProblem.NOT_FOUND: (208, 911, 2702, 4060, 4064),
    SourceProblem.TIMEOUT: (20003,),
    SourceProblem.CANCELLED: (3617,),
    SourceProblem.RESOURCE: (701, 802, 1101, 1105, 1204, 1205, 1222, 3958, 3960, 8628, 8645, 8651, 9002, 10928, 10929,
                             40501, 40544, 40549, 40550, 40551, 40552, 40553, 49918, 49919, 49920),
}  # fmt: skip

_BY_NUMBER = {number: problem for problem, numbers in _NUMBERS.items() for number in numbers}

_BY_SQLSTATE = {
    "42S02": SourceProblem.NOT_FOUND,
    "HY008": SourceProblem.CANCELLED,
    "HYT00": SourceProblem.TIMEOUT,
    "HYT01": SourceProblem.UNREACHABLE,
}

_NUMBER = re.compile(r"\((\d+)\) \(SQL\w+\)")
_SOURCES = re.compile(r"^(?:\[[^\]]*\]\s*)*")


def number_of(message: str) -> int:
    """The engine's number in what the driver says, 0 if there is none."""
    numbers = [int(number) for number in _NUMBER.findall(message)]
    return next((number for number in numbers if number in _BY_NUMBER), next(iter(numbers), 0))


def problem_of(sqlstate: str, number: int) -> SourceProblem:
    if (sqlstate, number) == ("HY000", 0):  # what FreeTDS has for a session that ended
        return SourceProblem.UNREACHABLE
    return _BY_NUMBER.get(number) or _BY_SQLSTATE.get(sqlstate) or problem_of_sqlstate(sqlstate)


def said(message: str) -> str:
    """The first sentence of the engine, without who passed it on and what function it was told to."""
    return _NUMBER.split(_SOURCES.sub("", message), maxsplit=1)[0].strip()
