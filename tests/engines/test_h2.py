from __future__ import annotations

from pathlib import Path

import pytest

from local.errors import MissingProgram
from tests.engines import h2
from tests.engines.h2 import oracle_on_h2, translated


@pytest.mark.parametrize(
    ("oracle", "instead"),
    [
        ("SELECT 1 FROM t", "SELECT 1 FROM t"),
        ("TRUNC(SYS_EXTRACT_UTC(v))", "CAST(DATE_TRUNC(DAY, CAST(v AS TIMESTAMP(6))) AS DATE)"),
        ("TRUNC(a, 'MM')", "CAST(DATE_TRUNC(MONTH, a) AS DATE)"),
        ("TO_CHAR(')') || TO_CHAR(b)", "CAST(')' AS VARCHAR(4000)) || CAST(b AS VARCHAR(4000))"),
        (
            "CAST(v AT TIME ZONE 'Asia/Kolkata' AS TIMESTAMP)",
            "CAST (SUBSTRING(CAST (v AT TIME ZONE 'Asia/Kolkata' AS VARCHAR(99)), 1, 19) AS TIMESTAMP(6))",
        ),
        ("FROM_TZ(v, 'UTC')", "CAST(v AS TIMESTAMP(6) WITH TIME ZONE)"),
        ("REGEXP_LIKE(v, '^a$', 'c')", r"REGEXP_LIKE(v, '^a\z', 'c')"),
    ],
)
def test_what_h2_knows_otherwise_is_rewritten(oracle: str, instead: str) -> None:
    assert translated(oracle) == instead


def test_a_bracket_that_stays_open_is_an_error() -> None:
    with pytest.raises(ValueError, match="stays open"):
        translated("SELECT TRUNC(v FROM t")


def test_where_it_is_not_installed_the_test_is_skipped_naming_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(h2, "JAR", Path("/nowhere.jar"))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt install libh2-java"), oracle_on_h2():
        pass


def test_on_continuous_integration_a_missing_jar_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(h2, "JAR", Path("/nowhere.jar"))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(MissingProgram, match="apt install libh2-java"), oracle_on_h2():
        pass
