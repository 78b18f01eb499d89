from __future__ import annotations

import pytest

from dq_platform.checks.sensors.fragments import split_table_name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("orders", ("shop", "orders")),
        ("other.orders", ("other", "orders")),
        ('"a.b"."c""d"', ("a.b", 'c"d')),
        ('other."c.d"', ("other", "c.d")),
        (' "x" ', ("shop", "x")),
    ],
)
def test_a_table_name_has_a_schema_or_the_checked_tables(text: str, parts: tuple[str, str]) -> None:
    assert split_table_name(text, "shop") == parts


@pytest.mark.parametrize("text", ["", " ", ".", "a.", ".a", "a.b.c", '"a', '"a"b', '""', 'a."b"c', '"a".'])
def test_what_is_no_table_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a table name"):
        split_table_name(text, "shop")
