from __future__ import annotations

from datetime import timedelta

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from grpc import StatusCode

from dq.v1 import check_pb2, metadata_pb2, table_sample_pb2
from dq.v1.table_sample_pb2 import SAMPLE_METHOD_BLOCK, SAMPLE_METHOD_ROW
from dq_platform.models.table_sample import SampleMethod, TableSample
from tests.services.platform import refused
from tests.services.shop import Shop

ROWS = table_sample_pb2.TableSample(method=SAMPLE_METHOD_ROW, percent=50)
BLOCKS = table_sample_pb2.TableSample(method=SAMPLE_METHOD_BLOCK, percent=0.5)
AT_ALL = FieldMask(paths=["table_sample"])


async def test_a_check_keeps_the_sample_that_it_asks_for_until_it_is_changed(shop: Shop) -> None:
    check = await shop.stored_check(table_sample=ROWS)
    assert (await shop.admin.GetCheck(check_id=check.id)).check.table_sample == ROWS
    other = check_pb2.Check(id=check.id, table_sample=table_sample_pb2.TableSample(percent=7))
    assert (await shop.admin.UpdateCheck(check=other)).check.table_sample == table_sample_pb2.TableSample(
        method=SAMPLE_METHOD_ROW, percent=7
    )
    other = check_pb2.Check(id=check.id, table_sample=BLOCKS)
    assert (await shop.admin.UpdateCheck(check=other, update_mask=AT_ALL)).check.table_sample == BLOCKS
    renamed = (await shop.admin.UpdateCheck(check=check_pb2.Check(id=check.id, display_name="x"))).check
    assert renamed.table_sample == BLOCKS
    whole = (await shop.admin.UpdateCheck(check=check_pb2.Check(id=check.id), update_mask=AT_ALL)).check
    assert not whole.HasField("table_sample")
    assert not (await shop.admin.GetCheck(check_id=check.id)).check.HasField("table_sample")


@pytest.mark.parametrize(
    ("sample", "blamed", "words"),
    [
        ({}, ["method", "percent"], "required"),
        ({"percent": 5}, ["method"], "required"),
        ({"method": SAMPLE_METHOD_ROW}, ["percent"], "required"),
        ({"method": SAMPLE_METHOD_ROW, "percent": 0}, ["percent"], "from 0.000001 to less than 100, not 0"),
        ({"method": SAMPLE_METHOD_ROW, "percent": float("nan")}, ["percent"], "finite"),
        ({"method": 9, "percent": 5}, ["method"], "SAMPLE_METHOD_ROW, SAMPLE_METHOD_BLOCK"),
    ],
)
async def test_a_sample_that_says_too_little_or_nonsense_is_refused(
    shop: Shop, sample: dict[str, float], blamed: list[str], words: str
) -> None:
    wanted = table_sample_pb2.TableSample(**sample)
    refusal = await refused(shop.admin.CreateCheck(check=shop.check(table_sample=wanted)))
    assert refusal.code is StatusCode.INVALID_ARGUMENT
    assert {f"check.table_sample.{name}" for name in blamed} == set(refusal.violations)
    assert all(words in text for text in refusal.violations.values())


async def test_a_change_to_what_cannot_be_sampled_is_refused_and_changes_nothing(shop: Shop) -> None:
    check = await shop.stored_check(table_sample=ROWS)
    bad = check_pb2.Check(id=check.id, table_sample=table_sample_pb2.TableSample(percent=100))
    refusal = await refused(shop.admin.UpdateCheck(check=bad))
    assert set(refusal.violations) == {"check.table_sample.percent"}
    assert (await shop.admin.GetCheck(check_id=check.id)).check == check


async def test_a_check_that_would_begin_with_half_a_sample_is_refused(shop: Shop) -> None:
    check = await shop.stored_check()
    half = check_pb2.Check(id=check.id, table_sample=table_sample_pb2.TableSample(percent=5))
    refusal = await refused(shop.admin.UpdateCheck(check=half))
    assert set(refusal.violations) == {"check.table_sample.method"}


async def test_a_preview_is_measured_on_the_sample_and_says_so(shop: Shop) -> None:
    answer = await shop.admin.PreviewUnsavedCheck(check=shop.check(table_sample=ROWS))
    [result] = answer.results
    assert answer.check.table_sample == ROWS
    assert result.table_sample == ROWS
    assert f"{result.sample_row_count:,} row" in result.message
    assert "row sample of 50 %" in result.message
    assert "TABLESAMPLE BERNOULLI (50) REPEATABLE (" in answer.statements[0]


async def test_a_plan_shows_which_statement_reads_a_sample(shop: Shop) -> None:
    sampled, whole = await shop.stored_check(table_sample=BLOCKS), await shop.stored_check()
    selector = check_pb2.CheckSelector(check_ids=[sampled.id, whole.id])
    [table] = (await shop.admin.PlanChecks(selector=selector)).tables
    shown = {one.check_ids[0]: one for one in table.statements}
    assert shown[sampled.id].table_sample == BLOCKS
    assert not shown[whole.id].HasField("table_sample")


async def test_a_back_test_judges_what_was_measured_on_the_same_sample(shop: Shop) -> None:
    check = await shop.stored_check(table_sample=ROWS)
    own = {"table_sample": TableSample(SampleMethod.ROW, 50), "sample_rows": 5}
    first = await shop.result(check.id, value=1, **own)
    await shop.result(check.id, value=9, time_period=first.time_period - timedelta(days=1))
    answer = await shop.admin.BacktestCheck(check_id=check.id)
    assert [point.value for point in answer.points] == [1]
    assert answer.table_sample == ROWS


async def test_results_tell_the_sample_and_how_many_rows_it_had(shop: Shop) -> None:
    check = await shop.stored_check(table_sample=BLOCKS)
    stored = await shop.result(check.id, table_sample=TableSample(SampleMethod.BLOCK, 0.5), sample_rows=7)
    other = await shop.result(check.id)
    shown = {one.id: one for one in (await shop.admin.ListResults(filter={"check_id": check.id})).results}
    assert (shown[stored.id].table_sample, shown[stored.id].sample_row_count) == (BLOCKS, 7)
    assert not shown[other.id].HasField("table_sample")
    assert not shown[other.id].HasField("sample_row_count")


async def test_the_catalogue_says_what_takes_a_sample_and_engines_which(shop: Shop) -> None:
    refusals = {
        name: (await shop.admin.GetCheckType(name=name)).check_type.table_sample_refusal
        for name in ("nulls_percent", "row_count")
    }
    assert refusals["nulls_percent"] == ""
    assert refusals["row_count"] == "row_count counts something, and a sample holds only a part of it."
    types = {one.name: one.table_samples for one in (await shop.admin.ListConnectionTypes()).connection_types}
    tables = metadata_pb2.TABLE_KIND_TABLE, metadata_pb2.TABLE_KIND_MATERIALIZED_VIEW
    assert [(one.method, tuple(one.table_kinds)) for one in types["postgresql"]] == [
        (SAMPLE_METHOD_ROW, tables),
        (SAMPLE_METHOD_BLOCK, tables),
    ]
    assert (list(types["mysql"]), list(types["redshift"])) == ([], [])
