from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_platform.checks.sensors.patterns import PATTERNS
from dq_platform.connectors.regex_parts import split_pattern

PIECES = st.recursive(
    st.sampled_from(["a", "b", "ab", "[ab]", "[]b]", "[^|(]", "a*", "[.]", "\\|", "\\(", "^", "$", "a{1,2}"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: f"({'|'.join(parts)})"),
        inner.map(lambda part: f"({part})?"),
        inner.map(lambda part: f"({part})+"),
    ),
    max_leaves=12,
)


def matches(patterns: list[str], text: str) -> bool:
    return any(re.search(pattern, text) for pattern in patterns)


def test_a_short_pattern_stays_whole() -> None:
    assert split_pattern("^(a|b)$", 7) == ["^(a|b)$"]


def test_a_long_pattern_is_parted_between_its_alternatives() -> None:
    assert split_pattern("^(aaa|bbb|ccc)$", 11) == ["^(aaa|bbb)$", "^ccc$"]
    assert split_pattern("aaa|bbb|ccc", 7) == ["aaa|bbb", "ccc"]


def test_what_repeats_is_not_parted() -> None:
    assert split_pattern("(aaa|bbb)+", 5) == ["(aaa|bbb)+"]
    assert split_pattern("(aaa|bbb){2}", 5) == ["(aaa|bbb){2}"]


def test_an_optional_group_is_there_or_not() -> None:
    assert split_pattern("x(aaa|bbb)?y", 5) == ["xaaay", "xbbby", "xy"]


def test_bars_and_brackets_that_are_only_characters_part_nothing() -> None:
    assert split_pattern(r"(a[|)]b|c\|\)d)", 7) == ["a[|)]b", r"c\|\)d"]


def test_a_pattern_that_would_become_too_many_stays_whole() -> None:
    pattern = "(aa|bb)" * 12
    assert split_pattern(pattern, 24) == [pattern]


@given(pattern=PIECES, texts=st.lists(st.text("ab|(.]", max_size=6), max_size=8), limit=st.integers(1, 20))
def test_the_parts_match_what_the_whole_does(pattern: str, texts: list[str], limit: int) -> None:
    parts = split_pattern(pattern, limit)
    for text in texts:
        assert matches(parts, text) == matches([pattern], text)


@pytest.mark.parametrize("name", PATTERNS)
def test_our_own_patterns_fit_the_smallest_engine(name: str) -> None:
    assert max(len(part.encode()) for part in split_pattern(PATTERNS[name], 512)) <= 512


@pytest.mark.parametrize("text", ["2024-02-29", "2023-02-29", "March 1, 2024", "31.04.2024", "12/31/1999", "x"])
def test_dates_are_told_from_others_by_the_parts(text: str) -> None:
    parts = split_pattern(PATTERNS["date"], 512)
    assert len(parts) > 1
    assert matches(parts, text) == matches([PATTERNS["date"]], text)
