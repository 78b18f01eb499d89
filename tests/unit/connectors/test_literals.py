"""Any text and any name reach the engine's parser as they are: nothing of them is read as SQL."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlglot
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from dq_platform.connectors.dialect import Dialect
from tests.dialects import DIALECTS

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
TEXTS = st.text(CHARACTERS) | st.text(st.sampled_from("\\'\"`[]\n\r\t %_;-/*$|{}?:@#nrtbxuN01é😀"), max_size=12)
NAMES = TEXTS.filter(bool)
TABLE_NAMES = NAMES.filter(lambda name: "." not in name and not name.startswith("#"))
"""sqlglot takes a dot within BigQuery's backticks for one between names, and a table of T-SQL with # for a temporary
one, whose name is what follows; BigQuery has no names with dots, and temporary tables are not in the catalogue."""
EVERY_DIALECT = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)


def read(sql: str, dialect: Dialect) -> exp.Select:
    [tree] = sqlglot.parse(sql, read=dialect.sqlglot)
    assert isinstance(tree, exp.Select)
    return tree


def number_in(node: exp.Expression) -> Decimal:
    """The number that a literal stands for, with its sign, also one that is cast or written as a text."""
    sign = -1 if node.find(exp.Neg) else 1
    literal = node.find(exp.Literal)
    assert literal is not None
    found = Decimal(literal.this)
    return found.copy_negate() if sign < 0 and not literal.is_string else found


def text_in(node: exp.Expression) -> str:
    """The text that a literal, or several joined, stand for."""
    if isinstance(node, exp.Paren):
        return text_in(node.this)
    if isinstance(node, exp.Add):
        return text_in(node.left) + text_in(node.right)
    assert isinstance(node, exp.Literal | exp.National), repr(node)
    return str(node.this)


@EVERY_DIALECT
@given(text=TEXTS)
@example(text="it's")
@example(text="\\")
@example(text="\\'")
@example(text="'\\")
@example(text="''")
@example(text="a\\'; DROP TABLE x; --")
@example(text="C:\\new\\table\\\n\\\r\n\\")
@example(text="\\x41\\u0041\\101\\N{DASH}")
@example(text="🫿\u2028\u0085\x1f\ufeff")
def test_a_text_survives_as_it_is(text: str, dialect: Dialect) -> None:
    tree = read(f"SELECT {dialect.literal(text)} AS one, 1 AS two", dialect)
    one, two = tree.expressions
    assert text_in(one.this) == text
    assert two.alias == "two"


@EVERY_DIALECT
@given(name=NAMES)
@example(name='we"ird')
@example(name="we`ird")
@example(name="we]ird")
@example(name="back\\slash\\")
@example(name="]]; DROP TABLE x; --")
@example(name='x" FROM secrets --')
def test_a_name_survives_as_it_is(name: str, dialect: Dialect) -> None:
    assume(dialect.sqlglot != "bigquery" or "." not in name)
    tree = read(f"SELECT {dialect.ident(name)} AS one FROM t", dialect)
    [one] = tree.expressions
    assert isinstance(one.this, exp.Column)
    assert (one.this.name, one.this.this.quoted, one.this.table) == (name, True, "")


@EVERY_DIALECT
@given(schema=TABLE_NAMES, table=TABLE_NAMES)
def test_a_table_is_named_as_it_is(schema: str, table: str, dialect: Dialect) -> None:
    tree = read(f"SELECT 1 AS one FROM {dialect.table(schema, table)}", dialect)
    found = tree.find(exp.Table)
    assert found is not None
    assert (found.db, found.name, found.alias) == (schema, table, "")


@EVERY_DIALECT
@given(text=TEXTS)
def test_a_regular_expression_is_a_text_too(text: str, dialect: Dialect) -> None:
    if "regex" in dialect.capabilities:
        tree = read(f"SELECT {dialect.matches(dialect.ident('c'), dialect.text(text))} AS one", dialect)
        assert text in [literal.this for literal in tree.find_all(exp.Literal, exp.RawString)]


@EVERY_DIALECT
@given(number=st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63 - 1))
def test_a_number_keeps_its_value(number: float, dialect: Dialect) -> None:
    tree = read(f"SELECT {dialect.literal(number)} AS one", dialect)
    assert number_in(tree.expressions[0]) == Decimal(str(number))


@EVERY_DIALECT
@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**28), max_value=10**28))
@example(number=Decimal("1E+5"))
@example(number=Decimal("0.10"))
@example(number=Decimal("-99999999999999999999999999999999999999"))
@example(number=Decimal("0.00000000000000000000000000000000000001"))
def test_a_decimal_keeps_every_digit(number: Decimal, dialect: Dialect) -> None:
    literal = dialect.literal(number)
    assert "e" not in literal.lower()  # which would make it a float
    assert number_in(read(f"SELECT {literal} AS one", dialect).expressions[0]) == number


@EVERY_DIALECT
@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_is_true_or_false_or_the_bit_that_t_sql_has(value: bool, dialect: Dialect) -> None:
    [one] = read(f"SELECT {dialect.literal(value)} AS one", dialect).expressions
    if dialect.sqlglot == "tsql":
        assert number_in(one) == value
    else:
        assert one.this == exp.Boolean(this=value)


@EVERY_DIALECT
@given(start=st.text(CHARACTERS, min_size=1, max_size=20), times=st.integers(500, 2000))
@settings(max_examples=10)
def test_a_long_text_survives_as_it_is(start: str, times: int, dialect: Dialect) -> None:
    [one] = read(f"SELECT {dialect.literal(start * times)} AS one", dialect).expressions
    assert text_in(one.this) == start * times


@EVERY_DIALECT
@pytest.mark.parametrize("code", [*range(1, 32), 127, 128, 159, 0x2028, 0xFEFF])
def test_a_control_character_survives_as_it_is(code: int, dialect: Dialect) -> None:
    text = f"a{chr(code)}\\{chr(code)}'"
    assert text_in(read(f"SELECT {dialect.literal(text)} AS one", dialect).expressions[0].this) == text


@EVERY_DIALECT
@given(moment=st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001
def test_a_date_and_a_time_keep_theirs(moment: datetime, dialect: Dialect) -> None:
    day: date = moment.date()
    for value, shown in ((day, day.isoformat()), (moment, moment.isoformat(sep=" "))):
        tree = read(f"SELECT {dialect.literal(value)} AS one", dialect)
        assert tree.find(exp.Literal).this == shown  # type: ignore[union-attr]


@EVERY_DIALECT
@given(
    moment=st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001
    hours=st.integers(-14, 14),
)
def test_an_instant_is_written_in_utc(moment: datetime, hours: int, dialect: Dialect) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    literal = read(f"SELECT {dialect.literal(aware)} AS one", dialect).find(exp.Literal)
    assert literal is not None
    written = datetime.fromisoformat(literal.this.replace(" +", "+"))
    assert (written if written.tzinfo else written.replace(tzinfo=UTC)) == aware
    assert not written.utcoffset()


@EVERY_DIALECT
@given(name=NAMES, text=TEXTS)
def test_a_name_and_a_text_beside_each_other_stay_apart(name: str, text: str, dialect: Dialect) -> None:
    assume(dialect.sqlglot != "bigquery" or "." not in name)
    tree = read(f"SELECT {dialect.ident(name)} AS one, {dialect.literal(text)} AS two FROM t", dialect)
    one, two = tree.expressions
    assert (one.this.name, text_in(two.this)) == (name, text)
