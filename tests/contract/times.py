"""Instants, days and months are the same on every engine, in every zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dq_platform.errors import Unsupported
from dq_platform.models.metadata import DataType
from tests.contract.engine import Engine

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]
TIMES = [DataType.DATE, DataType.TIMESTAMP, DataType.TIMESTAMP_TZ]

# Around both changes of the clock in Berlin and New York, and around ordinary midnights, every 37 minutes.
INSTANTS = [
    datetime(2024, month, day, tzinfo=UTC) + timedelta(minutes=37) * step
    for month, day in ((3, 9), (3, 30), (10, 26), (11, 2), (12, 31))
    for step in range(80)
]


def local_day(instant: datetime, zone: str, *, monthly: bool) -> date:
    day = instant.astimezone(ZoneInfo(zone)).date()
    return day.replace(day=1) if monthly else day


def stored(instant: datetime, kind: DataType) -> datetime | date:
    if kind is DataType.DATE:
        return instant.date()
    return instant if kind is DataType.TIMESTAMP_TZ else instant.replace(tzinfo=None)


class TimeContract:
    @pytest.mark.parametrize("kind", TIMES)
    def test_seconds_between_columns_have_fractions_and_a_sign(self, engine: Engine, kind: DataType) -> None:
        start, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 3, 1, 12, 0, 0, 500000, tzinfo=UTC)
        table = engine.table({"a": kind, "b": kind}, [(stored(start, kind), stored(end, kind))])
        dialect = engine.dialect
        a, b = dialect.instant("a", kind), dialect.instant("b", kind)
        expected = 60 * 86400.0 if kind is DataType.DATE else 60 * 86400 + 43200.5
        forth, back = dialect.seconds_between(a, b), dialect.seconds_between(b, a)
        [row] = engine.select(f"SELECT {forth}, {back} FROM {table}").rows
        assert row == (expected, -expected)
        assert all(isinstance(value, float) for value in row)

    def test_now_is_now(self, engine: Engine) -> None:
        dialect = engine.dialect
        written = dialect.instant(dialect.timestamp(datetime.now(UTC)), DataType.TIMESTAMP_TZ)
        seconds = engine.value(dialect.seconds_between(written, dialect.now()))
        assert isinstance(seconds, float)
        assert abs(seconds) < 60

    @pytest.mark.parametrize("zone", ZONES)
    @pytest.mark.parametrize("monthly", [False, True])
    @pytest.mark.parametrize("kind", [DataType.TIMESTAMP, DataType.TIMESTAMP_TZ])
    def test_a_period_begins_at_midnight_of_the_zone(
        self, engine: Engine, instants: Mapping[DataType, str], zone: str, monthly: bool, kind: DataType
    ) -> None:
        window = {"start": date(2024, 3, 9), "end": date(2025, 1, 3)}
        period = engine.dialect.period_start("v", kind, monthly=monthly, time_zone=zone, **window)
        answer = engine.select(f"SELECT {period} FROM {instants[kind]} ORDER BY i")
        assert [day for (day,) in answer.rows] == [local_day(v, zone, monthly=monthly) for v in INSTANTS]

    def test_a_period_without_a_window_is_right_in_any_year(self, engine: Engine) -> None:
        moments = [datetime(year, 7, 1, 22, 30, tzinfo=UTC) for year in (1975, 1985, 2005, 2030, 2049)]
        kind = DataType.TIMESTAMP
        table = engine.table({"v": kind}, [(stored(v, kind),) for v in moments])
        period = engine.dialect.period_start("v", kind, monthly=False, time_zone="Europe/Berlin")
        answer = engine.select(f"SELECT {period} FROM {table} ORDER BY v")
        assert [day for (day,) in answer.rows] == [local_day(v, "Europe/Berlin", monthly=False) for v in moments]

    def test_a_null_belongs_to_no_period(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.TIMESTAMP_TZ}, [(None,)])
        period = engine.dialect.period_start("v", DataType.TIMESTAMP_TZ, monthly=False, time_zone="Europe/Berlin")
        assert engine.value(period, table) is None

    @pytest.mark.parametrize("monthly", [False, True])
    def test_a_date_belongs_to_its_day_in_every_zone(self, engine: Engine, monthly: bool) -> None:
        table = engine.table({"v": DataType.DATE}, [(date(2024, 2, 29),)])
        period = engine.dialect.period_start("v", DataType.DATE, monthly=monthly, time_zone="Pacific/Apia")
        assert engine.value(period, table) == date(2024, 2, 1 if monthly else 29)

    @pytest.mark.parametrize("zone", ZONES)
    @pytest.mark.parametrize("kind", [DataType.TIMESTAMP, DataType.TIMESTAMP_TZ])
    def test_the_filter_takes_what_begins_in_the_window(
        self, engine: Engine, instants: Mapping[DataType, str], zone: str, kind: DataType
    ) -> None:
        for start in (date(2024, 3, 10), date(2024, 3, 31), date(2024, 10, 27), date(2024, 11, 3)):
            end = start + timedelta(days=1)
            condition = engine.dialect.period_filter("v", kind, start, end, zone)
            expected = sum(1 for v in INSTANTS if start <= local_day(v, zone, monthly=False) < end)
            assert engine.value("COUNT(*)", f"{instants[kind]} WHERE {condition}") == expected

    def test_the_filter_includes_its_start_and_excludes_its_end(self, engine: Engine) -> None:
        instant, step = datetime(2024, 6, 30, 22, tzinfo=UTC), timedelta(microseconds=1)
        kind = DataType.TIMESTAMP_TZ
        moments = [instant - step, instant, instant + timedelta(days=1) - step, instant + timedelta(days=1)]
        table = engine.table({"v": kind}, [(v,) for v in moments])
        condition = engine.dialect.period_filter("v", kind, date(2024, 7, 1), date(2024, 7, 2), "Europe/Berlin")
        assert engine.value("COUNT(*)", f"{table} WHERE {condition}") == 2

    def test_the_filter_on_dates_knows_no_zone(self, engine: Engine) -> None:
        table = engine.table({"v": DataType.DATE}, [(date(2024, 6, 30),), (date(2024, 7, 1),), (date(2024, 7, 2),)])
        condition = engine.dialect.period_filter("v", DataType.DATE, date(2024, 7, 1), date(2024, 7, 2), "Pacific/Apia")
        assert engine.value("COUNT(*)", f"{table} WHERE {condition}") == 1

    @pytest.mark.parametrize("kind", [DataType.TEXT, DataType.INTEGER, DataType.TIME])
    def test_other_types_have_no_periods(self, engine: Engine, kind: DataType) -> None:
        with pytest.raises(Unsupported, match="holds no date"):
            engine.dialect.period_start("v", kind, monthly=False, time_zone="UTC")
        with pytest.raises(Unsupported, match="holds no date"):
            engine.dialect.period_filter("v", kind, date(2024, 7, 1), date(2024, 7, 2), "UTC")

    def test_a_timestamp_becomes_the_date_in_utc(self, engine: Engine) -> None:
        moment = datetime(2024, 6, 30, 23, 30, tzinfo=UTC)
        table = engine.table({"v": DataType.TIMESTAMP_TZ}, [(moment,)])
        assert engine.value(engine.dialect.as_date("v"), table) == date(2024, 6, 30)
