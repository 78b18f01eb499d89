"""What Snowflake's and its driver's error numbers mean; those that are not here are told by their SQLSTATE."""

from __future__ import annotations

from dq_platform.connectors.driver_errors import problem_of_sqlstate, source_error
from dq_platform.errors import SourceError, SourceProblem

_NUMBERS = {
    # 25xxxx: the driver's own
    SourceProblem.UNREACHABLE: (250001, 250002, 250003, 250005, 250009, 251011, 251012, 252007, 252010, 254007,
                                390104, 390111, 390112, 390113, 390114, 390115),
    SourceProblem.CREDENTIALS: (251005, 251006, 251008, 251010),
    SourceProblem.PERMISSION: (606, 3001),
    SourceProblem.NOT_FOUND: (2003, 2043, 90105, 90106, 290404, 390189, 390201),
    SourceProblem.TIMEOUT: (630,),
    SourceProblem.CANCELLED: (604,),
    SourceProblem.RESOURCE: (90073,),
}  # fmt: skip

_PROBLEMS = {number: problem for problem, numbers in _NUMBERS.items() for number in numbers}

# Families of numbers, first and last, for those that are not listed.
_FAMILIES = (
    (290000, 299999, SourceProblem.UNREACHABLE),  # an HTTP status in place of an answer
    (390100, 390499, SourceProblem.CREDENTIALS),
    (394300, 395999, SourceProblem.CREDENTIALS),
)

# Where the sentence of the problem would lead astray.
_SENTENCES = {
    606: "Snowflake has no warehouse for the statement: name one in the connection's setting warehouse.",
    390189: "Snowflake knows no such role, or does not let the user take it.",
    390201: "Snowflake knows no such database or warehouse, or does not let the user use it.",
}

_HEADING = "SQL compilation error:"


def problem_of(number: int, sqlstate: str) -> SourceProblem:
    """What the number stands for, else the SQLSTATE."""
    if number in _PROBLEMS:
        return _PROBLEMS[number]
    for first, last, problem in _FAMILIES:
        if first <= number <= last:
            return problem
    return problem_of_sqlstate(sqlstate)


def meaning_of(error: Exception) -> SourceError:
    """The driver's exception in our words."""
    number: int = getattr(error, "errno", None) or 0
    code = f"{number:06d}" if number > 0 else ""
    problem = problem_of(number, getattr(error, "sqlstate", None) or "")
    if number in _SENTENCES:
        return SourceError(problem, _SENTENCES[number], code=code)
    said = str(getattr(error, "raw_msg", None) or "") if problem is SourceProblem.BAD_SQL else ""
    return source_error(problem, "Snowflake", code=code, detail=said.strip().removeprefix(_HEADING))
