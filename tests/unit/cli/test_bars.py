from __future__ import annotations

import pytest

from cli.bars import WIDTH, Mark, bars


def drawn(*marks: Mark) -> list[str]:
    return [line.plain for line in bars(marks)]


def test_values_and_limits_share_one_scale() -> None:
    low, high, middle = drawn(Mark(0, 0, 31), Mark(31, 10, 20), Mark(15, 10, 20))
    assert low == "●" + "─" * 30 + "]"
    assert high == "·" * 10 + "[" + "─" * 9 + "]" + "·" * 10 + "●"
    assert middle == "·" * 10 + "[" + "─" * 4 + "●" + "─" * 4 + "]" + "·" * 11


def test_an_open_side_passes_to_the_end() -> None:
    assert drawn(Mark(0, None, 10), Mark(31, 10, None), Mark(15, None, None)) == [
        "●" + "─" * 9 + "]" + "·" * 21,
        "·" * 10 + "[" + "─" * 20 + "●",
        "─" * 15 + "●" + "─" * 16,
    ]


def test_a_limit_far_from_all_values_is_left_out() -> None:
    assert drawn(Mark(0, None, 1e9), Mark(31, 1e9, None), Mark(31, -1e9, None)) == [
        "●" + "─" * 31,
        "·" * 31 + "●",
        "─" * 31 + "●",
    ]


@pytest.mark.parametrize("value", [0, 5, -7.5])
def test_equal_values_without_limits_stand_in_the_middle(value: float) -> None:
    assert drawn(Mark(value, None, None)) == ["─" * (WIDTH // 2) + "●" + "─" * (WIDTH // 2 - 1)]


def test_the_dot_has_the_style_of_the_outcome() -> None:
    [line] = bars([Mark(1, None, None, "red")])
    assert [(span.start, span.end, str(span.style)) for span in line.spans] == [
        (WIDTH // 2, WIDTH // 2 + 1, "not dim red")
    ]


def test_nothing_gives_nothing() -> None:
    assert drawn() == []
