from __future__ import annotations

import pytest

from cli.commands.access import days_of, kept
from cli.errors import UsageError


@pytest.mark.parametrize(("text", "days"), [("400", 400), ("0", 0), ("forever", None)])
def test_how_long_results_are_kept_is_a_number_of_days_or_for_ever(text: str, days: int | None) -> None:
    assert days_of(text) == days


@pytest.mark.parametrize("text", ["long", "-1", "1.5", "²", "30d", " 3"])
def test_anything_else_is_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(UsageError, match=r"number of days or 'forever'"):
        days_of(text)


def test_a_workspace_without_an_end_keeps_results_for_ever() -> None:
    assert kept({"result_retention_days": 30}) == "for 30 days"
    assert kept({}) == "forever"
