from __future__ import annotations

from typing import Any

import pytest

from dq_platform.checks.params import MAX_LIST, MAX_TEXT, ParamKind, ParamSpec, validate_params


def one(kind: ParamKind, value: Any, **facts: Any) -> Any:
    """The value as it is stored, or the description of what is wrong with it."""
    params, violations = validate_params([ParamSpec("x", kind, **facts)], {"x": value}, "p")
    assert [violation.field for violation in violations] in ([], ["p.x"])
    return violations[0].description if violations else params["x"]


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        (ParamKind.INT, 5, 5),
        (ParamKind.INT, 5.0, 5),
        (ParamKind.INT, -(2**60), -(2**60)),
        (ParamKind.FLOAT, 5, 5),
        (ParamKind.FLOAT, 2.5, 2.5),
        (ParamKind.PERCENT, 100, 100.0),
        (ParamKind.PERCENT, 0, 0.0),
        (ParamKind.BOOL, False, False),
        (ParamKind.TEXT, "", ""),
        (ParamKind.TEXT, "it's 😀", "it's 😀"),
        (ParamKind.TEXT_LIST, ["b", "a", "b"], ("b", "a")),
        (ParamKind.NUMBER_LIST, [1, 2.5, 1], (1, 2.5)),
        (ParamKind.DATE, "2024-02-29", "2024-02-29"),
        (ParamKind.REGEX, "^[[:alpha:]]+$", "^[[:alpha:]]+$"),
        (ParamKind.COLUMN_LIST, ["a", "b"], ("a", "b")),
    ],
)
def test_a_right_value_is_stored_in_its_own_type(kind: ParamKind, value: Any, stored: Any) -> None:
    found = one(kind, value)
    assert (found, type(found)) == (stored, type(stored))


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        (ParamKind.INT, True, "must be a number, not True."),
        (ParamKind.INT, "5", "must be a number, not '5'."),
        (ParamKind.INT, 5.5, "must be a whole number, not 5.5."),
        (ParamKind.INT, 1e300, "must be a whole number, not 1e+300."),
        (ParamKind.FLOAT, float("nan"), "must be a finite number, not nan."),
        (ParamKind.FLOAT, float("-inf"), "must be a finite number, not -inf."),
        (ParamKind.FLOAT, [1], "must be a number, not [1]."),
        (ParamKind.PERCENT, 100.5, "must be a percentage from 0 to 100, not 100.5."),
        (ParamKind.PERCENT, -1, "must be a percentage from 0 to 100, not -1."),
        (ParamKind.BOOL, 1, "must be true or false, not 1."),
        (ParamKind.TEXT, 5, "must be a text, not 5."),
        (ParamKind.TEXT, "a\x00b", "must not contain NUL characters."),
        (ParamKind.TEXT, "\ud800", "must be well-formed Unicode."),
        (ParamKind.TEXT, "x" * (MAX_TEXT + 1), f"must have at most {MAX_TEXT} characters, not {MAX_TEXT + 1}."),
        (ParamKind.TEXT_LIST, "abc", "must be a list, not 'abc'."),
        (ParamKind.TEXT_LIST, [], "must not be an empty list."),
        (ParamKind.TEXT_LIST, ["a", 1], "must be a text, not 1."),
        (ParamKind.TEXT_LIST, ["a"] * (MAX_LIST + 1), f"must have at most {MAX_LIST} entries, not {MAX_LIST + 1}."),
        (ParamKind.NUMBER_LIST, [1, True], "must be a number, not True."),
        (ParamKind.NUMBER_LIST, {"a": 1}, "must be a list, not {'a': 1}."),
        (ParamKind.DATE, "2023-02-29", "must be a date like 2024-12-31, not '2023-02-29'."),
        (ParamKind.DATE, 20240101, "must be a text, not 20240101."),
        (ParamKind.REGEX, "a(b", "is not a regular expression: missing ), unterminated subpattern."),
        (ParamKind.REGEX, "*a", "is not a regular expression: nothing to repeat."),
        (ParamKind.REGEX, " ", "must not be empty."),
        (ParamKind.COLUMN, "", "must not be empty."),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(kind: ParamKind, value: Any, wanted: str) -> None:
    assert one(kind, value) == wanted


def test_a_number_outside_its_range_is_refused_with_the_limit() -> None:
    assert one(ParamKind.INT, -1, minimum=0) == "must be at least 0, not -1."
    assert one(ParamKind.FLOAT, 1.5, maximum=1) == "must be at most 1, not 1.5."
    assert one(ParamKind.INT, 0, minimum=0) == 0


def test_a_value_outside_its_choices_is_refused_with_the_choices() -> None:
    assert one(ParamKind.TEXT, "c", choices=("a", "b")) == "must be one of 'a', 'b', not 'c'."


SPECS = [ParamSpec("max_percent", ParamKind.PERCENT, default=0.0), ParamSpec("regex", ParamKind.REGEX, required=True)]


def test_what_is_left_out_gets_its_default_and_what_has_none_is_absent() -> None:
    specs = [*SPECS, ParamSpec("columns", ParamKind.COLUMN_LIST)]
    assert validate_params(specs, {"regex": "x"}, "p") == ({"max_percent": 0.0, "regex": "x"}, [])


def test_null_means_left_out() -> None:
    params, violations = validate_params(SPECS, {"max_percent": None, "regex": "x"}, "p")
    assert (params, violations) == ({"max_percent": 0.0, "regex": "x"}, [])


def test_a_misspelt_name_is_answered_with_the_one_meant() -> None:
    _, violations = validate_params(SPECS, {"max_precent": 5, "regex": "x"}, "check.thresholds.error")
    [violation] = violations
    assert violation.field == "check.thresholds.error.max_precent"
    assert violation.reason == "UNKNOWN_PARAMETER"
    assert violation.description == "there is no parameter 'max_precent' here; did you mean 'max_percent'?"


def test_a_name_like_no_other_is_answered_with_all_names() -> None:
    _, violations = validate_params(SPECS, {"zzz": 5, "regex": "x"}, "p")
    assert violations[0].description == "there is no parameter 'zzz' here; it takes 'max_percent', 'regex'."


def test_everything_that_is_wrong_is_said_at_once() -> None:
    _, violations = validate_params(SPECS, {"max_percent": 101, "zzz": 5}, "p")
    assert [violation.reason for violation in violations] == [
        "UNKNOWN_PARAMETER",
        "INVALID_PARAMETER",
        "MISSING_PARAMETER",
    ]
