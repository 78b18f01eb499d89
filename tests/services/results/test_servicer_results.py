from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import StatusCode

from dq.v1 import check_pb2, result_pb2, results_service_pb2
from dq_platform.models.cost import Cost
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import ResultFilter
from dq_platform.models.workspace import Role
from tests.services.platform import fields_of, refused
from tests.services.shop import Shop


def at(moment: datetime) -> Timestamp:
    timestamp = Timestamp()
    timestamp.FromDatetime(moment)
    return timestamp


async def test_a_result_is_shown_with_all_its_digits_and_bounds(shop: Shop) -> None:
    check = await shop.stored_check()
    stored = await shop.result(check.id, value=Decimal("12345678901234567890.5"))
    (shown,) = (await shop.admin.ListResults()).results
    assert (shown.id, shown.check_id, shown.outcome) == (stored.id, check.id, result_pb2.OUTCOME_ERROR)
    assert Decimal(shown.value_text) == stored.value
    assert shown.value == float(stored.value)
    assert shown.bounds.error.upper == 5
    assert not shown.bounds.error.HasField("lower")
    assert not shown.bounds.HasField("warning")
    assert shown.target.table_name == "orders"


async def test_a_result_without_a_value_shows_none(shop: Shop) -> None:
    await shop.result((await shop.stored_check()).id, Outcome.INCONCLUSIVE, value=None, message="no rows")
    (shown,) = (await shop.admin.ListResults()).results
    assert not shown.HasField("value")
    assert (shown.value_text, shown.message) == ("", "no rows")


async def test_latest_holds_the_newest_result_of_each_check(shop: Shop) -> None:
    check = await shop.stored_check()
    now = datetime.now(UTC)
    await shop.result(check.id, executed_at=now - timedelta(hours=1))
    newest = await shop.result(check.id, Outcome.PASSED, executed_at=now)
    assert len((await shop.admin.ListResults()).results) == 2
    assert fields_of((await shop.admin.ListLatestResults()).results, "id") == [newest.id]


async def test_results_come_in_pages_newest_first(shop: Shop) -> None:
    check = await shop.stored_check()
    now = datetime.now(UTC)
    ids = [(await shop.result(check.id, executed_at=now - timedelta(minutes=age))).id for age in range(3)]
    first = await shop.admin.ListResults(page_size=2)
    rest = await shop.admin.ListResults(page_size=2, page_token=first.next_page_token)
    assert fields_of([*first.results, *rest.results], "id") == ids
    assert rest.next_page_token == ""


async def test_results_can_be_read_from_the_oldest_on(shop: Shop) -> None:
    check = await shop.stored_check()
    now = datetime.now(UTC)
    ids = [(await shop.result(check.id, executed_at=now - timedelta(minutes=age))).id for age in range(3)]
    oldest = results_service_pb2.RESULT_ORDER_OLDEST_FIRST
    first = await shop.admin.ListResults(page_size=2, order=oldest)
    rest = await shop.admin.ListResults(page_size=2, order=oldest, page_token=first.next_page_token)
    assert fields_of([*first.results, *rest.results], "id") == ids[::-1]
    refusal = await refused(shop.admin.ListResults(page_size=2, page_token=first.next_page_token))
    assert "page_token" in refusal.violations


@pytest.mark.parametrize(
    ("filter", "count"),
    [
        ({"data_group": ""}, 2),
        ({"data_group": '["DE"]'}, 0),
        ({"min_severity": check_pb2.SEVERITY_WARNING}, 1),
        ({"labels": ["team=sales"]}, 0),
        ({"table_name": "orders"}, 2),
        ({"table_name": "nothing"}, 0),
        ({"column_name": "amount", "check_type": "nulls_percent", "category": "nulls"}, 2),
        ({"dimension": "Completeness", "schema_name": "shop"}, 2),
        ({"outcomes": [result_pb2.OUTCOME_PASSED]}, 1),
        ({"outcomes": [result_pb2.OUTCOME_PASSED, result_pb2.OUTCOME_ERROR]}, 2),
        ({"check_id": "not-an-id"}, 0),
        ({"start_time": at(datetime.now(UTC) + timedelta(days=1))}, 0),
        ({"end_time": at(datetime.now(UTC) + timedelta(days=1))}, 2),
    ],
)
async def test_a_filter_keeps_what_matches_all_of_it(shop: Shop, filter: dict[str, object], count: int) -> None:
    check = await shop.stored_check()
    await shop.result(check.id, Outcome.PASSED)
    await shop.result(check.id, Outcome.ERROR)
    assert len((await shop.admin.ListResults(filter=results_service_pb2.ResultFilter(**filter))).results) == count


async def test_a_period_that_ends_before_it_starts_is_refused(shop: Shop) -> None:
    now = datetime.now(UTC)
    wrong = results_service_pb2.ResultFilter(start_time=at(now), end_time=at(now - timedelta(days=1)))
    methods = shop.admin.ListResults, shop.admin.GetSummary, shop.admin.GetCosts
    for call in (method(filter=wrong) for method in methods):
        refusal = await refused(call)
        assert refusal.code is StatusCode.INVALID_ARGUMENT
        assert "filter.end_time" in refusal.violations


async def test_a_summary_counts_by_table_unless_asked_otherwise(shop: Shop) -> None:
    check = await shop.stored_check()
    for outcome in (Outcome.PASSED, Outcome.WARNING, Outcome.ERROR, Outcome.FATAL, Outcome.INCONCLUSIVE):
        await shop.result(check.id, outcome)
    (row,) = (await shop.admin.GetSummary()).rows
    assert list(row.key) == [shop.connection.id, "shop", "orders"]
    assert (row.outcomes.passed, row.outcomes.fatal, row.outcomes.inconclusive) == (1, 1, 1)
    assert row.score_percent == 50
    (row,) = (await shop.admin.GetSummary(by=result_pb2.SUMMARY_BY_DIMENSION)).rows
    assert list(row.key) == ["Completeness"]


async def test_costs_are_added_up_by_table_unless_asked_otherwise(shop: Shop) -> None:
    check = await shop.stored_check()
    for cost in (Cost(10, 0.5, 100), Cost(5, 0.25, None)):
        await shop.result(check.id, cost=cost)
    shown = {one.duration_ms: one for one in (await shop.admin.ListResults()).results}
    assert (shown[10].statement_count, shown[10].scanned_row_count) == (0.5, 100)
    assert not shown[5].HasField("scanned_row_count")
    (row,) = (await shop.admin.GetCosts()).rows
    assert list(row.key) == [shop.connection.id, "shop", "orders"]
    assert (row.result_count, row.duration_ms, row.statement_count) == (2, 15, 0.75)
    assert (row.scanned_row_count, row.unknown_scan_result_count) == (100, 1)
    (row,) = (await shop.admin.GetCosts(by=result_pb2.SUMMARY_BY_CHECK)).rows
    assert list(row.key) == [check.id]
    old = results_service_pb2.ResultFilter(end_time=at(datetime.now(UTC) - timedelta(days=1)))
    assert not (await shop.admin.GetCosts(filter=old)).rows


async def test_a_summary_without_a_verdict_has_no_score(shop: Shop) -> None:
    await shop.result((await shop.stored_check()).id, Outcome.INCONCLUSIVE, value=None)
    (row,) = (await shop.admin.GetSummary()).rows
    assert not row.HasField("score_percent")


async def test_a_trend_has_one_point_for_each_bucket_with_results(shop: Shop) -> None:
    check = await shop.stored_check()
    today = datetime.now(UTC).replace(hour=12, minute=0)
    for age, value in ((0, 10), (0, 30), (2, 5)):
        await shop.result(check.id, value=value, executed_at=today - timedelta(days=age))
    points = (await shop.admin.GetTrend(check_id=check.id, end_time=at(today + timedelta(days=1)))).points
    assert [(point.minimum, point.average, point.maximum) for point in points] == [(5, 5, 5), (10, 20, 30)]
    assert points[1].outcomes.error == 2


async def test_everything_that_is_wrong_with_a_trend_is_told_at_once(shop: Shop) -> None:
    now = datetime.now(UTC)
    refusal = await refused(
        shop.admin.GetTrend(check_id="x", time_zone="Mars/Base", start_time=at(now), end_time=at(now))
    )
    assert {"time_zone", "end_time"} <= refusal.violations.keys()
    assert (await refused(shop.admin.GetTrend())).violations == {"check_id": "is required"}


def test_every_filter_of_the_contract_reaches_the_core() -> None:
    contract = {field.name for field in results_service_pb2.ResultFilter.DESCRIPTOR.fields}
    core = {field.name for field in fields(ResultFilter)}
    assert {name.removesuffix("_time") for name in contract} == core


async def test_error_samples_are_for_those_who_may_run_checks(shop: Shop) -> None:
    check = await shop.stored_check()
    result = await shop.result(check.id)
    await shop.samples(result)
    for role in (Role.OPERATOR, Role.EDITOR, Role.ADMIN):
        client = await shop.account.with_role(role)
        found = (await client.GetErrorSamples(result_id=result.id)).samples
        assert [column.name for column in found.columns] == ["id", "amount"]
        assert [value.text for value in found.rows[0].values] == ["7", ""]
    viewer = await shop.account.with_role(Role.VIEWER)
    assert (await refused(viewer.GetErrorSamples(result_id=result.id))).code is StatusCode.PERMISSION_DENIED
    assert (await refused(viewer.PreviewErrorSamples(check_id=check.id))).code is StatusCode.PERMISSION_DENIED
