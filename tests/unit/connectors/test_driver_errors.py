from __future__ import annotations

from pathlib import Path

import pytest

from dq_platform.connectors.driver_errors import load_driver, problem_of_sqlstate, scrubbed, source_error
from dq_platform.errors import SourceError, SourceProblem


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ('column "secret" does not exist', "column … does not exist"),
        ("near 'it's secret' at line 1", "near … at line 1"),
        ("near 'SELECT secret", "near"),
        ("near 'SELECT\nsecret' at line 1\nLINE 1: secret", "near … at line 1"),
        ("it doesn't exist", "it does not exist"),
        (
            "Type INT64 with value 4111111111111111 can't be cast because the value is out of range",
            "Type INT64 with value … cannot be cast because the value is out of range",
        ),
        ("ungültige Eingabesyntax für Typ integer: »4111 x«", "ungültige Eingabesyntax für Typ integer: …"),
        ("syntaxe en entrée invalide : « secret » et l'autre", "syntaxe en entrée invalide : … et l"),
        ("„secret“ und «secret» sind falsch", "… sind falsch"),
        ("say “secret", "say"),
        ("card 4111 1111 1111 1111, day 2026-01-31, sum -12,345.67", "card …, day …, sum -…"),
        ("key 6f9619ff-8b86-d011, bytes 0x12ab34cd5e", "key …, bytes …"),
        ("DECIMAL(38,10) at [12:34], INT64, line 1234", "DECIMAL(38,10) at [12:34], INT64, line 1234"),
        ("first line\nsecond line", "first line"),
        ("", ""),
    ],
)
def test_a_message_loses_what_is_quoted_and_later_lines(message: str, expected: str) -> None:
    assert scrubbed(message) == expected


@pytest.mark.parametrize(
    ("sqlstate", "problem"),
    [
        ("08006", SourceProblem.UNREACHABLE),
        ("57P01", SourceProblem.UNREACHABLE),
        ("28P01", SourceProblem.CREDENTIALS),
        ("42501", SourceProblem.PERMISSION),
        ("42P01", SourceProblem.NOT_FOUND),
        ("3D000", SourceProblem.NOT_FOUND),
        ("57014", SourceProblem.TIMEOUT),
        ("53300", SourceProblem.RESOURCE),
        ("40P01", SourceProblem.RESOURCE),
        ("42703", SourceProblem.BAD_SQL),
        ("22012", SourceProblem.BAD_SQL),
    ],
)
def test_an_sqlstate_stands_for_a_problem(sqlstate: str, problem: SourceProblem) -> None:
    assert problem_of_sqlstate(sqlstate) is problem


def test_an_error_names_the_engine_and_carries_its_code() -> None:
    error = source_error(SourceProblem.BAD_SQL, "Engine", code="42703", detail="column 'x' does not exist")
    assert error.message == "Engine cannot execute the statement. It says: column … does not exist"
    assert error.facts == {"problem": "BAD_SQL", "code": "42703"}


def test_a_missing_driver_says_what_to_install() -> None:
    with pytest.raises(SourceError, match="pip install 'no-such-driver'") as caught:
        load_driver("no_such_driver", "Engine", "no-such-driver")
    assert caught.value.problem is SourceProblem.DRIVER_MISSING


def test_a_missing_library_of_the_system_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "needy_driver.py").write_text("raise ImportError('libodbc.so.2: cannot open shared object file')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SourceError, match="not installed: unixodbc") as caught:
        load_driver("needy_driver", "Engine", "needy", library="unixodbc")
    assert caught.value.problem is SourceProblem.DRIVER_MISSING
