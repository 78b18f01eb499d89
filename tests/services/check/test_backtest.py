from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from grpc import StatusCode

from dq.v1 import check_pb2, result_pb2
from services.common.structs import plain, to_struct
from tests.services.platform import fields_of, refused
from tests.services.shop import Shop


def midnight(days: int) -> datetime:
    return datetime.combine(datetime.now(UTC).date() - timedelta(days=days), time(), UTC)


async def measured(shop: Shop, *values: float) -> str:
    """The id of a check that may have 5 % of nulls, with one value a day, the last of yesterday."""
    check = await shop.stored_check()
    for place, value in enumerate(values):
        await shop.result(check.id, time_period=midnight(len(values) - place), value=value)
    return check.id


async def test_a_back_test_counts_how_a_check_would_have_ended(shop: Shop) -> None:
    check_id = await measured(shop, 2, 7.5, 12, 3)
    thresholds = check_pb2.Thresholds(warning=to_struct({"max_percent": 2}), fatal=to_struct({"max_percent": 10}))
    found = await shop.admin.BacktestCheck(check_id=check_id, thresholds=thresholds)
    assert (found.check_type, found.rule) == ("nulls_percent", "max_percent")
    assert (found.outcomes.passed, found.outcomes.warning, found.outcomes.fatal) == (1, 2, 1)
    assert (found.period_count, found.excluded_period_count, found.alert_percent) == (4, 0, 75.0)
    assert plain(found.thresholds.fatal) == {"max_percent": 10}
    first, second, *_ = found.points
    assert (first.value_text, first.outcome) == ("2", result_pb2.OUTCOME_PASSED)
    assert (second.value, second.expected_text, second.outcome) == (7.5, "<= 2 %", result_pb2.OUTCOME_WARNING)
    assert (second.bounds.warning.upper, second.bounds.fatal.upper) == (2, 10)
    assert not second.bounds.HasField("error")
    assert second.time_period.ToDatetime(UTC) == midnight(3)


async def test_dates_are_spelled_as_results_spell_them(shop: Shop) -> None:
    target = check_pb2.Target(
        connection_id=shop.connection.id, schema_name="shop", table_name="orders", column_name="placed_on"
    )
    limit = check_pb2.Thresholds(error=to_struct({"to": "2026-01-31"}))
    wanted = check_pb2.Check(target=target, check_type="max_date_in_range", thresholds=limit)
    check = (await shop.admin.CreateCheck(check=wanted)).check
    await shop.result(check.id, time_period=midnight(2), value=1_769_817_600, value_text="2026-01-31")
    await shop.result(check.id, time_period=midnight(1), value=1_769_904_000, value_text="2026-02-01T00:00:00Z")
    found = await shop.admin.BacktestCheck(check_id=check.id)
    assert [(one.value, one.value_text) for one in found.points] == [
        (1_769_817_600, "2026-01-31"),
        (1_769_904_000, "2026-02-01T00:00:00Z"),
    ]
    assert fields_of(found.points, "outcome") == [result_pb2.OUTCOME_PASSED, result_pb2.OUTCOME_ERROR]


async def test_all_points_come_at_once(shop: Shop) -> None:
    check_id = await measured(shop, *range(60))
    found = await shop.admin.BacktestCheck(check_id=check_id)
    assert (len(found.points), found.period_count, found.next_page_token) == (60, 60, "")


async def test_points_can_come_in_pages_and_counts_are_of_all(shop: Shop) -> None:
    check_id = await measured(shop, 1, 2, 3, 4, 50)
    first = await shop.admin.BacktestCheck(check_id=check_id, page_size=3)
    rest = await shop.admin.BacktestCheck(check_id=check_id, page_size=3, page_token=first.next_page_token)
    assert fields_of([*first.points, *rest.points], "value") == [1, 2, 3, 4, 50]
    assert (rest.next_page_token, rest.outcomes) == ("", first.outcomes)
    other = await refused(shop.admin.BacktestCheck(check_id=check_id, data_group="x", page_token=first.next_page_token))
    assert "page_token" in other.violations


async def test_without_a_verdict_there_is_no_share_of_alerts(shop: Shop) -> None:
    check_id = await measured(shop, 1)
    found = await shop.admin.BacktestCheck(check_id=check_id, check_type="nulls_percent_anomaly")
    assert found.outcomes.inconclusive == 1
    assert not found.HasField("alert_percent")
    assert "30 are needed" in found.points[0].message
    nothing = await shop.admin.BacktestCheck(check_id=(await shop.stored_check()).id)
    assert (nothing.period_count, list(nothing.points)) == (0, [])


async def test_what_is_wrong_is_named_by_the_requests_fields(shop: Shop) -> None:
    check_id = await measured(shop, 1)
    thresholds = check_pb2.Thresholds(error=to_struct({"max_percent": 101}))
    refusal = await refused(shop.admin.BacktestCheck(check_id=check_id, check_type="row_count", thresholds=thresholds))
    assert refusal.code is StatusCode.INVALID_ARGUMENT
    assert set(refusal.violations) == {"check_type", "thresholds.error.max_percent"}


async def test_an_imported_severity_has_no_history_to_judge(shop: Shop) -> None:
    target = check_pb2.Target(connection_id=shop.connection.id, schema_name="shop", table_name="orders")
    query = "SELECT 2 AS severity FROM orders LIMIT 1"
    check = check_pb2.Check(
        target=target, check_type="import_custom_result_on_table", sensor_params=to_struct({"sql_query": query})
    )
    stored = (await shop.admin.CreateCheck(check=check)).check
    refusal = await refused(shop.admin.BacktestCheck(check_id=stored.id))
    assert (refusal.code, refusal.reason) == (StatusCode.FAILED_PRECONDITION, "BACKTEST_UNSUPPORTED")
