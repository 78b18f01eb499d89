from __future__ import annotations

import pytest

from tests.contract.table import BEGIN, END, table, written


def case(engine: str = "postgresql", area: str = "guard", outcome: str = "passed", reason: str = "") -> dict[str, str]:
    stand_in = "a twin" if engine == "snowflake" else ""
    return {
        "engine": engine,
        "server": f"{engine.title()} 1",
        "area": area,
        "outcome": outcome,
        "reason": reason,
        "stand_in": stand_in,
    }


def test_it_counts_what_passed_and_says_what_did_not_run() -> None:
    cases = [
        case(),
        case(),
        case(area="text"),
        case("snowflake"),
        case("snowflake", outcome="skipped", reason="the server lacks views: it is small"),
    ]
    assert table(cases).splitlines() == [
        "| engine | tested on | texts | guards |",
        "| --- | --- | --- | --- |",
        "| postgresql | Postgresql 1 | 1 | 2 |",
        "| snowflake | Snowflake 1 (stand-in: a twin) | – | 1 of 2 |",
        "",
        "Cases that did not run, and how many:",
        "",
        "* snowflake: the server lacks views: it is small (1)",
    ]


def test_nothing_left_out_is_said_too() -> None:
    assert table([case()]).endswith("\nEvery case ran.")


def test_a_failure_makes_no_table() -> None:
    with pytest.raises(ValueError, match="a case of postgresql failed"):
        table([case(outcome="failed")])


def test_it_stands_between_its_markers() -> None:
    assert written(f"a\n{BEGIN}\nold\n{END}\nz\n", "new") == f"a\n{BEGIN}\n\nnew\n\n{END}\nz\n"
    with pytest.raises(ValueError, match="lacks"):
        written("a", "new")
