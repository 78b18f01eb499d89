from __future__ import annotations

from datetime import timedelta

import pytest

from cli.errors import Exit, UsageError
from cli.values import duration, literal, pairs, table_name, table_sample, thresholds


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("0.5", 0.5),
        ("true", True),
        ('["a", "b"]', ["a", "b"]),
        ("plain", "plain"),
        ('"5"', "5"),
        ("", ""),
        ("null", "null"),
        ("2026-01-01", "2026-01-01"),
        ("^PAY-[0-9]+$", "^PAY-[0-9]+$"),
        ("${env:SHOP_PW}", "${env:SHOP_PW}"),
        ("007", "007"),
    ],
)
def test_a_value_is_what_json_says_else_the_text(text: str, value: object) -> None:
    assert literal(text) == value
    assert type(literal(text)) is type(value)


def test_pairs_keep_every_equals_sign_after_the_first() -> None:
    assert pairs(["regex=a=b", "min=1"], "--param") == {"regex": "a=b", "min": 1}


def test_an_empty_value_is_an_empty_text() -> None:
    assert pairs(["user="], "--set") == {"user": ""}


@pytest.mark.parametrize("text", ["max_count", "=5", ""])
def test_a_pair_without_name_or_value_is_a_wrong_call_that_shows_a_right_one(text: str) -> None:
    with pytest.raises(UsageError, match="--error max_percent=5") as caught:
        pairs([text], "--error")
    assert caught.value.code is Exit.USAGE


def test_a_table_is_split_at_its_first_dot() -> None:
    assert table_name("shop.orders") == ("shop", "orders")
    assert table_name("shop.orders.2026") == ("shop", "orders.2026")


@pytest.mark.parametrize("text", ["orders", ".orders", "shop.", "", "."])
def test_a_table_without_schema_is_a_wrong_call(text: str) -> None:
    with pytest.raises(UsageError, match=r"shop\.orders"):
        table_name(text)


def test_severities_without_parameters_are_left_out() -> None:
    assert thresholds(["max_count=1"], None, []) == {"warning": {"max_count": 1}}
    with pytest.raises(UsageError, match="--fatal takes name=value"):
        thresholds(None, None, ["x"])


def test_a_sample_is_a_method_and_a_percent() -> None:
    assert table_sample("row=5") == {"method": "SAMPLE_METHOD_ROW", "percent": 5.0}
    assert table_sample("block=0.25") == {"method": "SAMPLE_METHOD_BLOCK", "percent": 0.25}


@pytest.mark.parametrize("text", ["5", "row", "row=", "row=few", "rows=5", "=5", "row=nan", "row=inf", "row=5%"])
def test_anything_else_is_a_wrong_call_that_shows_a_right_one(text: str) -> None:
    with pytest.raises(UsageError, match="--sample row=5"):
        table_sample(text)


@pytest.mark.parametrize(
    ("text", "length"),
    [("90s", timedelta(seconds=90)), ("8h", timedelta(hours=8)), ("3d", timedelta(days=3)), ("2w", timedelta(weeks=2))],
)
def test_a_duration_is_a_number_with_a_unit(text: str, length: timedelta) -> None:
    assert duration(text, "--for") == length


@pytest.mark.parametrize("text", ["", "h", "8", "8 h", "-8h", "1.5h", "8x", "²h", "999999w"])
def test_a_duration_without_a_number_and_a_unit_is_a_wrong_call(text: str) -> None:
    with pytest.raises(UsageError, match="--for takes a number with s, m, h, d or w"):
        duration(text, "--for")
