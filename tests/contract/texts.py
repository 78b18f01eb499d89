"""Texts mean the same on every engine: characters, not bytes; exact, not collated."""

from __future__ import annotations

from datetime import date

import pytest

from dq_platform.connectors.dialect import Capability
from dq_platform.models.metadata import DataType
from tests.contract.engine import Engine
from tests.contract.needs import needs

LENGTHS = {"": 0, "abc": 3, "abc  ": 5, "  ": 2, "ß": 1, "e\u0301": 2, "日本語": 3, "a\nb": 3}

TRIMMED = {"  a b  ": "a b", "\ta\t": "a", "\r\n a \n": "a", "\n": "", "a": "a", " \t\r\n": "", "\u00a0a": "\u00a0a"}

# pattern, text, whether a part of the text matches
MATCHES = [
    ("b", "abc", True),
    ("^b", "abc", False),
    ("^abc$", "abc", True),
    ("^abc$", "xabc", False),
    ("ABC", "abc", False),
    ("[A-Z]", "abc", False),
    ("[a-c]{3}", "abc", True),
    ("^[^a]+$", "bcd", True),
    ("a|x", "xyz", True),
    ("^(ab)+$", "ababab", True),
    ("^a?b*c+$", "bbc", True),
    (r"^\d+$", "123", True),
    (r"^\d+$", "12a", False),
    (r"^\w+\s\w+$", "two words", True),
    (r"\.", "abc", False),
    (r"^a\.b$", "a.b", True),
    (r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$", "some.one+x@example.org", True),
    (r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$", "some one@example.org", False),
    ("^.$", "😀", True),
    ("é", "é", True),
    ("e", "é", False),
    ("'", "it's", True),
    (r"^\\$", "\\", True),
    ("^$", "", True),
]

DIFFERENT = [("a", "A"), ("e", "é"), ("a", "a "), ("", " "), ("ss", "ß"), ("é", "e\u0301"), ("a", "а"), ("😀", "😁")]


class TextContract:
    @needs("wide_characters")
    def test_length_counts_a_wide_character_once(self, engine: Engine) -> None:
        assert engine.value(engine.dialect.length(engine.dialect.literal("😀"))) == 1

    @pytest.mark.parametrize(("text", "length"), LENGTHS.items())
    def test_length_counts_characters_and_trailing_blanks(self, engine: Engine, text: str, length: int) -> None:
        expected = None if engine.kept(text) is None else length
        assert engine.value(engine.dialect.length(engine.dialect.literal(text))) == expected

    def test_length_of_a_column_counts_characters(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.TEXT}, [(text,) for text in LENGTHS])
        assert engine.value(f"SUM({engine.dialect.length('v')})", table) == sum(LENGTHS.values())

    @pytest.mark.parametrize(("text", "trimmed"), TRIMMED.items())
    def test_trim_takes_blanks_tabs_and_line_ends(self, engine: Engine, text: str, trimmed: str) -> None:
        assert engine.value(engine.dialect.trim(engine.dialect.literal(text))) == engine.kept(trimmed)

    def test_lower_and_upper_know_more_than_ascii(self, engine: Engine) -> None:
        dialect = engine.dialect
        assert engine.value(dialect.lower(dialect.literal("ÄÉX"))) == "äéx"
        assert engine.value(dialect.upper(dialect.literal("äéx"))) == "ÄÉX"

    @pytest.mark.parametrize(("one", "other"), DIFFERENT)
    def test_different_texts_are_not_equal(self, engine: Engine, one: str, other: str) -> None:
        if engine.kept(one) is None:
            pytest.skip("the engine has no empty text")
        table = engine.table({"v": DataType.TEXT}, [(one,), (other,), (None,)])
        dialect = engine.dialect
        equal = dialect.count_if(dialect.equals_text("v", dialect.literal(one)))
        within = dialect.count_if(dialect.in_texts("v", [dialect.literal(other), dialect.literal("else")]))
        distinct = f"COUNT(DISTINCT {dialect.exact('v')})"
        assert list(engine.select(f"SELECT {equal}, {within}, {distinct} FROM {table}").rows) == [(1, 1, 2)]

    def test_a_text_equals_itself_in_a_set(self, engine: Engine) -> None:
        dialect = engine.dialect
        texts = ["a", "B ", "it's", "back\\slash", "é", "😀"]
        table = engine.table({"v": DataType.TEXT}, [(text,) for text in texts])
        within = dialect.in_texts("v", [dialect.literal(text) for text in texts])
        assert engine.value(dialect.count_if(within), table) == len(texts)

    def test_grouping_by_the_exact_text_keeps_texts_apart(self, engine: Engine) -> None:
        dialect = engine.dialect
        table = engine.table({"v": DataType.TEXT}, [("a",), ("A",), ("a ",), ("a",)])
        answer = engine.select(f"SELECT MIN(v), COUNT(*) FROM {table} GROUP BY {dialect.exact('v')}")
        assert sorted(answer.rows) == [("A", 1), ("a", 2), ("a ", 1)]

    @pytest.mark.parametrize(("pattern", "text", "matches"), MATCHES)
    def test_a_regex_matches_a_part_and_minds_the_case(
        self, engine: Engine, pattern: str, text: str, matches: bool
    ) -> None:
        dialect = engine.dialect
        if Capability.REGEX not in dialect.capabilities:
            pytest.skip("the engine declares that it has no regular expressions")
        if engine.kept(text) is None:
            pytest.skip("the engine has no empty text")
        table = engine.table({"v": DataType.TEXT}, [(text,), (None,)])
        counted = dialect.count_if(dialect.matches("v", dialect.literal(pattern)))
        assert engine.value(counted, table) == int(matches)

    def test_numbers_and_dates_become_texts(self, engine: Engine) -> None:
        table = engine.table({"n": DataType.INTEGER, "d": DataType.DATE}, [])
        del table
        assert engine.value(engine.dialect.as_text("42")) == "42"
        assert engine.value(engine.dialect.as_text(engine.dialect.literal(date(2024, 2, 29)))) == "2024-02-29"
