from __future__ import annotations

from dq_platform.connectors.mysql_dialect import MySQLDialect


def test_backslashes_and_quotes_are_doubled() -> None:
    assert MySQLDialect().literal("\\'") == "'\\\\'''"


def test_a_float_beyond_the_exact_digits_is_written_with_an_exponent() -> None:
    assert MySQLDialect().literal(1e100) == "1e+100"
    assert MySQLDialect().literal(0.5) == "0.5"
