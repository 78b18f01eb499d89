"""Values and names go to the engine and come back as they were."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random

import pytest

from dq_platform.models.metadata import DataType
from tests.contract.engine import Engine
from tests.contract.needs import needs

HOSTILE_TEXTS = [
    "plain",
    "",
    "it's",
    "''",
    'say "hi"',
    "back\\slash",
    "ends with \\",
    "\\'; DROP TABLE x; --",
    "`tick`",
    "100% %s %(name)s",
    ":name $1 ? {} {{ x }}",
    "naïve Ünïcödé ß",
    "e\u0301 combining",
    "😀 emoji 👩‍👩‍👧",
    "tab\tline\nreturn\r",
    "/* comment */ -- # ",
    "  blanks  ",
    "\u202eright to left",
]

HOSTILE_NAMES = [
    "plain",
    "MixedCase",
    "with blank",
    "select",
    'qu"ote',
    "ti`ck",
    "apo'strophe",
    "per%cent %s",
    ":colon",
    "br{ac}es",
    "semi;colon",
    "back\\slash",
    "dash--dash",
    "ünïcödé",
]


class ValueContract:
    @pytest.mark.parametrize("text", HOSTILE_TEXTS)
    def test_a_text_literal_comes_back_unchanged(self, engine: Engine, text: str) -> None:
        assert engine.value(engine.dialect.literal(text)) == engine.kept(text)

    @needs("dollars")
    def test_any_texts_come_back_unchanged(self, engine: Engine) -> None:
        random = Random(2024)
        alphabet = [*map(chr, range(1, 128)), *"äß\u0301\u2028\ufeff字😀\U0010ffff", *("\\", "'", '"', "`", "%") * 8]
        texts = ["".join(random.choices(alphabet, k=random.randint(0, 40))) for _ in range(300)]
        columns = ", ".join(f"{engine.dialect.literal(text)} AS c{number}" for number, text in enumerate(texts))
        assert list(engine.select(f"SELECT {columns}").rows) == [tuple(map(engine.kept, texts))]

    def test_stored_texts_come_back_unchanged(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.TEXT}, [(text,) for text in HOSTILE_TEXTS])
        found = [v for (v,) in engine.select(f"SELECT v FROM {table}").rows]
        assert sorted(found, key=str) == sorted(map(engine.kept, HOSTILE_TEXTS), key=str)

    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    def test_a_column_of_any_name_is_read(self, engine: Engine, name: str) -> None:
        if set(name) & set(engine.forbidden):
            pytest.skip("the engine allows no such name")
        name = engine.fold(name)
        table = engine.table({name: DataType.INTEGER}, [(7,)])
        answer = engine.select(f"SELECT {engine.dialect.ident(name)} FROM {table}")
        assert answer.columns == (name,)
        assert list(answer.rows) == [(7,)]

    @needs("table_names")
    def test_a_table_of_any_name_is_read_and_listed(self, engine: Engine) -> None:
        hostile = "".join(part for part in "T'a`b\"l;e %s {x} ü" if part not in engine.forbidden_in_tables)
        engine.named_table(hostile, {"a": DataType.INTEGER}, [(1,)])
        with engine.session() as session:
            assert engine.fold_table(hostile) in [table.table_name for table in session.get_tables(engine.schema)]
            assert [column.name for column in session.get_columns(engine.schema, hostile)] == [engine.fold("a")]
            answer = session.execute(f"SELECT a FROM {engine.dialect.table(engine.schema, hostile)}")
        assert list(answer.rows) == [(1,)]

    def test_null_is_none(self, engine: Engine) -> None:
        table = engine.table({"a": DataType.INTEGER, "b": DataType.TEXT, "c": DataType.DATE}, [(None, None, None)])
        assert list(engine.select(f"SELECT a, b, c FROM {table}").rows) == [(None, None, None)]

    @needs("wide_decimals")
    @pytest.mark.parametrize("text", ["12345678901234567890.1234567891", "-0.0000000001", "0.1", "1e3"])
    def test_decimals_keep_every_digit(self, engine: Engine, text: str) -> None:
        table = engine.table({"v": DataType.DECIMAL}, [(Decimal(text),)])
        value = engine.value("v", table)
        assert isinstance(value, Decimal)
        assert value == Decimal(text)

    @pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0, -1])
    def test_big_integers_keep_every_digit(self, engine: Engine, number: int) -> None:
        table = engine.table({"v": DataType.INTEGER}, [(number,)])
        assert engine.value("v", table) == number

    @pytest.mark.parametrize("number", [0.1, 1e100, 1e-20, -2.5, 123456789.123])
    def test_floats_keep_their_64_bits(self, engine: Engine, number: float) -> None:
        dialect = engine.dialect
        assert engine.value(dialect.as_float(dialect.literal(number))) == number
        table = engine.table({"v": DataType.FLOAT}, [(number,)])
        assert engine.value("v", table) == number

    @pytest.mark.parametrize("value", [True, False])
    def test_booleans_are_true_or_false(self, engine: Engine, value: bool) -> None:
        table = engine.table({"v": DataType.BOOLEAN}, [(value,), (None,)])
        dialect = engine.dialect
        same = dialect.count_if(f"v = {dialect.literal(value)}")
        other = dialect.count_if(f"v = {dialect.literal(not value)}")
        assert list(engine.select(f"SELECT {same}, {other} FROM {table}").rows) == [(1, 0)]

    def test_dates_come_back_unchanged(self, engine: Engine) -> None:
        days = [date(1, 1, 1), date(1999, 12, 31), date(2024, 2, 29), date(9999, 12, 31)]
        table = engine.table({"v": DataType.DATE}, [(day,) for day in days])
        assert [v for (v,) in engine.select(f"SELECT v FROM {table} ORDER BY v").rows] == days
        assert engine.value("COUNT(*)", f"{table} WHERE v = {engine.dialect.literal(days[2])}") == 1

    def test_timestamps_keep_microseconds(self, engine: Engine) -> None:
        moment = datetime(2024, 7, 1, 23, 59, 59, 123456)  # noqa: DTZ001
        table = engine.table({"v": DataType.TIMESTAMP}, [(moment,)])
        assert engine.value("v", table) == moment
        assert engine.value("COUNT(*)", f"{table} WHERE v = {engine.dialect.wall_clock(moment)}") == 1

    def test_instants_are_the_same_however_they_are_written(self, engine: Engine) -> None:
        berlin = datetime(2024, 7, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
        table = engine.table({"v": DataType.TIMESTAMP_TZ}, [(berlin,)])
        utc = datetime(2024, 6, 30, 23, 30, tzinfo=UTC)
        assert engine.value("COUNT(*)", f"{table} WHERE v = {engine.dialect.literal(utc)}") == 1
        value = engine.value("v", table)
        assert isinstance(value, datetime)
        assert (value if value.tzinfo else value.replace(tzinfo=UTC)) == utc

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), "a\x00b"])
    def test_a_value_without_a_literal_is_refused(self, engine: Engine, value: float | Decimal | str) -> None:
        with pytest.raises(ValueError, match="no SQL literal"):
            engine.dialect.literal(value)
