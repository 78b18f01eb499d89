"""Parameters of sensors and rules: what they are called, what they may hold, and what is wrong with what was given."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dq_platform.checks import moments
from dq_platform.errors import Violation
from dq_platform.models.metadata import DataType
from dq_platform.models.values import Params, ParamValue
from dq_platform.spelling import did_you_mean

MAX_TEXT = 10_000
MAX_LIST = 1_000
LARGEST_WHOLE_FLOAT = 2**53
CHECKED_ROWS = "dq_checked_rows"
"""What a stored query of a user reads in place of the checked table; the rows that the filters leave take its place."""

_BROKEN_EVERYWHERE = ("missing )", "unbalanced parenthesis", "unterminated character set", "nothing to repeat")


class ParamKind(StrEnum):
    """What a parameter holds.

    COLUMN and COLUMN_LIST name columns of the checked table, TABLE another table of the same connection (`table` or
    `schema.table`). CONNECTION is the id of a connection of the workspace; OTHER_SCHEMA, OTHER_TABLE and OTHER_COLUMN
    name what lies elsewhere. The SQL kinds hold SQL that `sql_text` has accepted, OTHER_CONDITION a condition on the
    rows of another table. A SEVERITY_QUERY returns one row with a column `severity`.
    """

    INT = "int"
    FLOAT = "float"
    PERCENT = "percent"
    BOOL = "bool"
    TEXT = "text"
    TEXT_LIST = "text_list"
    NUMBER_LIST = "number_list"
    DATE = "date"
    MOMENT = "date_or_timestamp"
    REGEX = "regex"
    COLUMN = "column"
    COLUMN_LIST = "column_list"
    TABLE = "table"
    CONNECTION = "connection"
    OTHER_SCHEMA = "other_schema"
    OTHER_TABLE = "other_table"
    OTHER_COLUMN = "other_column"
    OTHER_CONDITION = "other_condition"
    SQL_CONDITION = "sql_condition"
    SQL_EXPRESSION = "sql_expression"
    SQL_QUERY = "sql_query"
    SEVERITY_QUERY = "severity_query"


VALUES = frozenset(
    {
        ParamKind.INT,
        ParamKind.FLOAT,
        ParamKind.PERCENT,
        ParamKind.BOOL,
        ParamKind.TEXT,
        ParamKind.TEXT_LIST,
        ParamKind.NUMBER_LIST,
        ParamKind.DATE,
        ParamKind.REGEX,
    }
)
"""Kinds that hold a value and name nothing of a source."""


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """One parameter as the catalogue shows it.

    `default` None: there is none, and unless `required` the parameter is simply absent. `minimum` and `maximum` bound
    numbers (inclusive). `choices` is empty if every value of the kind goes. `accepts` names the data types that a
    column may have. `table` is the TABLE parameter whose table an OTHER_COLUMN belongs to.
    """

    name: str
    kind: ParamKind
    description: str = ""
    required: bool = False
    default: ParamValue | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    accepts: frozenset[DataType] = frozenset(DataType)
    table: str = ""


class _WrongValueError(ValueError):
    """Says what the value should have been."""


def validate_params(
    specs: Sequence[ParamSpec], given: Mapping[str, object], path: str
) -> tuple[Params, list[Violation]]:
    """The parameters with defaults filled in, and everything that is wrong with them; never raises.

    `given` is plain JSON. `path` is what the field paths of violations start with. The parameters are complete only
    if there is no violation.
    """
    names = [spec.name for spec in specs]
    params: dict[str, ParamValue] = {}
    violations = [_unknown(path, str(name), names) for name in given if name not in names]
    for spec in specs:
        if given.get(spec.name) is not None:
            try:
                params[spec.name] = coerce(spec, given[spec.name])
            except _WrongValueError as error:
                violations.append(Violation(f"{path}.{spec.name}", f"{error}.", "INVALID_PARAMETER"))
        elif spec.default is not None:
            params[spec.name] = spec.default
        elif spec.required:
            violations.append(_missing(path, spec))
    return params, violations


def coerce(spec: ParamSpec, value: object) -> ParamValue:
    """The value in the type that its kind is stored in. Raises ValueError whose message says what would be right."""
    result = _COERCE[spec.kind](value)
    if isinstance(result, int | float) and not isinstance(result, bool):
        _check_range(spec, result)
    if spec.choices and result not in spec.choices:
        listed = ", ".join(repr(choice) for choice in spec.choices)
        raise _WrongValueError(f"must be one of {listed}, not {_shown(value)}")
    return result


def _unknown(path: str, name: str, names: Sequence[str]) -> Violation:
    hint = did_you_mean(name, names, limit=1)
    if not hint:
        hint = f"; it takes {', '.join(repr(known) for known in names)}." if names else "; it takes none."
    return Violation(f"{path}.{name[:100]}", f"there is no parameter {name[:100]!r} here{hint}", "UNKNOWN_PARAMETER")


def _missing(path: str, spec: ParamSpec) -> Violation:
    about = f": {spec.description}" if spec.description else "."
    return Violation(f"{path}.{spec.name}", f"{spec.name!r} is required{about}", "MISSING_PARAMETER")


def _check_range(spec: ParamSpec, value: float) -> None:
    if spec.minimum is not None and value < spec.minimum:
        raise _WrongValueError(f"must be at least {spec.minimum:g}, not {value:g}")
    if spec.maximum is not None and value > spec.maximum:
        raise _WrongValueError(f"must be at most {spec.maximum:g}, not {value:g}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _WrongValueError(f"must be a number, not {_shown(value)}")
    if not math.isfinite(value):
        raise _WrongValueError(f"must be a finite number, not {value}")
    return value


def _integer(value: object) -> int:
    number = _number(value)
    if isinstance(number, float) and (not number.is_integer() or abs(number) > LARGEST_WHOLE_FLOAT):
        raise _WrongValueError(f"must be a whole number, not {_shown(value)}")
    return int(number)


def _percent(value: object) -> float:
    number = float(_number(value))
    if not 0.0 <= number <= 100.0:
        raise _WrongValueError(f"must be a percentage from 0 to 100, not {number:g}")
    return number


def _float(value: object) -> int | float:
    """Whole numbers stay whole, so that no digit of a large one is lost."""
    return _number(value)


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise _WrongValueError(f"must be true or false, not {_shown(value)}")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _WrongValueError(f"must be a text, not {_shown(value)}")
    if "\x00" in value:
        raise _WrongValueError("must not contain NUL characters")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise _WrongValueError("must be well-formed Unicode")
    if len(value) > MAX_TEXT:
        raise _WrongValueError(f"must have at most {MAX_TEXT} characters, not {len(value)}")
    return value


def _filled_text(value: object) -> str:
    text = _text(value)
    if not text.strip():
        raise _WrongValueError("must not be empty")
    return text


def _regex(value: object) -> str:
    """Refuses only what is broken in every engine's grammar: what else a pattern may say is the engine's affair."""
    text = _filled_text(value)
    try:
        with warnings.catch_warnings(action="ignore"):
            re.compile(text)
    except re.error as error:
        if any(broken in error.msg for broken in _BROKEN_EVERYWHERE):
            raise _WrongValueError(f"is not a regular expression: {error.msg}") from error
    return text


def _list(value: object) -> list[object]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise _WrongValueError(f"must be a list, not {_shown(value)}")
    if not value:
        raise _WrongValueError("must not be an empty list")
    if len(value) > MAX_LIST:
        raise _WrongValueError(f"must have at most {MAX_LIST} entries, not {len(value)}")
    return list(value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_text(item) for item in _list(value)))


def _numbers(value: object) -> tuple[int | float, ...]:
    return tuple(dict.fromkeys(_number(item) for item in _list(value)))


def _columns(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_filled_text(item) for item in _list(value)))


def _date(value: object) -> str:
    text = _text(value)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise _WrongValueError(f"must be a date like 2024-12-31, not {_shown(value)}") from error


def _moment(value: object) -> str:
    """A date as a date, a timestamp in UTC."""
    try:
        return moments.spelled(moments.read(_text(value)))
    except (ValueError, OverflowError) as error:
        text = f"must be a date like 2024-12-31 or a timestamp like 2024-12-31T23:59:59Z, not {_shown(value)}"
        raise _WrongValueError(text) from error


_COERCE: Mapping[ParamKind, Callable[[object], ParamValue]] = {
    ParamKind.INT: _integer,
    ParamKind.FLOAT: _float,
    ParamKind.PERCENT: _percent,
    ParamKind.BOOL: _bool,
    ParamKind.TEXT: _text,
    ParamKind.TEXT_LIST: _texts,
    ParamKind.NUMBER_LIST: _numbers,
    ParamKind.DATE: _date,
    ParamKind.MOMENT: _moment,
    ParamKind.REGEX: _regex,
    ParamKind.COLUMN: _filled_text,
    ParamKind.COLUMN_LIST: _columns,
    ParamKind.TABLE: _filled_text,
    ParamKind.CONNECTION: _filled_text,
    ParamKind.OTHER_SCHEMA: _filled_text,
    ParamKind.OTHER_TABLE: _filled_text,
    ParamKind.OTHER_COLUMN: _filled_text,
    ParamKind.OTHER_CONDITION: _filled_text,
    ParamKind.SQL_CONDITION: _filled_text,
    ParamKind.SQL_EXPRESSION: _filled_text,
    ParamKind.SQL_QUERY: _filled_text,
    ParamKind.SEVERITY_QUERY: _filled_text,
}
