from __future__ import annotations

from typing import Any

import pytest

from cli.errors import CliError, Exit, UsageError
from cli.runs import exit_code, progress_of, require_severity, require_success, tables_of
from cli.show import OUTCOMES


def job(state: str = "SUCCEEDED", **changes: Any) -> dict[str, Any]:
    counted = {name: changes.pop(name, 0) for name in OUTCOMES}
    whole = {"id": "j1", "state": f"JOB_STATE_{state}", "check_count": 0, "unit_count": 3, "units_done_count": 1}
    return whole | {"outcomes": {name: str(count) for name, count in counted.items()}} | changes


@pytest.mark.parametrize(
    ("outcomes", "fail_on", "code"),
    [
        ({"passed": 3}, "warning", Exit.PASSED),
        ({"warning": 1}, "warning", Exit.FAILED),
        ({"warning": 1}, "error", Exit.PASSED),
        ({"error": 1}, "error", Exit.FAILED),
        ({"error": 1}, "fatal", Exit.PASSED),
        ({"fatal": 1}, "warning", Exit.FAILED),
        ({"inconclusive": 1}, "warning", Exit.PASSED),
        ({"execution_error": 1}, "fatal", Exit.SYSTEM),
        ({"error": 1, "execution_error": 1}, "error", Exit.FAILED),
    ],
)
def test_the_exit_code_is_of_the_worst_outcome_from_the_severity_on(
    outcomes: dict[str, int], fail_on: str, code: Exit
) -> None:
    assert exit_code(job(**outcomes), fail_on) is code


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_a_job_that_did_not_succeed_is_no_pass(state: str) -> None:
    assert exit_code(job(state, passed=3), "error") is Exit.SYSTEM


def test_progress_counts_checks_where_there_are_some_and_never_beyond_them() -> None:
    assert progress_of(job("RUNNING", check_count=5, passed=2)) == (5, 2)
    assert progress_of(job("RUNNING", check_count=5, passed=40)) == (5, 5)
    assert progress_of(job(check_count=5)) == (5, 5)


def test_progress_counts_units_where_there_are_no_checks() -> None:
    assert progress_of(job("RUNNING")) == (3, 1)


def test_a_failed_job_tells_its_own_reason() -> None:
    require_success(job())
    with pytest.raises(CliError, match="Job j1 failed: The source is gone"):
        require_success(job("FAILED") | {"error": {"reason": "SOURCE_UNREACHABLE", "message": "The source is gone."}})
    with pytest.raises(CliError, match="Job j1 cancelled"):
        require_success(job("CANCELLED"))


def test_the_tables_that_are_read_are_told_in_few_words() -> None:
    tables = [{"connection_id": "c", "schema_name": "shop", "table_name": name} for name in ("a", "b", "c", "d")]
    assert tables_of(job() | {"current_tables": tables[:1]}) == "shop.a"
    assert tables_of(job() | {"current_tables": tables}) == "shop.a, shop.b and 2 more"
    assert tables_of(job()) == ""


def test_a_severity_that_does_not_exist_is_a_wrong_call() -> None:
    require_severity("fatal")
    with pytest.raises(UsageError, match="warning, error, fatal; got 'bad'"):
        require_severity("bad")
