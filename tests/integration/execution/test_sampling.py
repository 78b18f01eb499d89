from __future__ import annotations

from dataclasses import replace

import pytest

from dq_platform.checks.sql_text import parse_query
from dq_platform.execution.frame import PlanContext
from dq_platform.execution.measure import measure
from dq_platform.execution.plan import plan
from dq_platform.execution.results import RunFacts, results
from dq_platform.execution.sample_plan import SampleRequest, plan_samples
from dq_platform.execution.sampling import take
from dq_platform.models.check import GroupBy, TimeScale
from dq_platform.models.metadata import ColumnInfo, DataType, TableSettings
from dq_platform.models.outcome import Outcome
from dq_platform.models.sample import SampleColumn
from tests.integration.execution.shop import COLUMNS, NOW, snapshot_of

ZONE = "Europe/Berlin"
BY_GROUP = (GroupBy(column="group"),)


async def sampled(bench, *checks, only=(), settings=(), **changes):
    """By check, group and local day of the period: the samples of each result, or of `only` those."""
    known = await snapshot_of(bench.session, bench.shop)
    fields = {"dialect": bench.session.dialect, "snapshot": known, "time_zone": ZONE, "now": NOW}
    context = PlanContext(**(fields | changes))
    planned = plan(checks, context)
    measured = await measure(bench.session, planned)
    assert measured.failures == {}
    found = [
        replace(one, outcome=Outcome.ERROR) for one in results(checks, planned, measured, RunFacts("j", NOW, {}, ZONE))
    ]
    wanted = [one for one in found if not only or (one.data_group, one.time_period.isoformat()[:10]) in only]
    said = TableSettings("c", bench.shop.schema, bench.shop.table, **({"id_columns": ("id",)} | dict(settings)))
    before = bench.session.statements
    taken = (await take(bench.session, plan_samples(SampleRequest(checks, wanted, context, said)), tag="test")).samples
    bench.statements = bench.session.statements - before
    assert [one.message for one in taken if one.error_reason] == []
    return {(one.check_id, one.data_group, one.time_period.isoformat()[:10]): one for one in taken}


def ids(samples):
    return {key: sorted(int(row[0].text) for row in one.rows) for key, one in samples.items() if one.rows}


async def test_many_failing_checks_of_a_table_cost_one_statement(bench):
    checks = [bench.check(f"nulls:{column}", "nulls_count", column) for column in COLUMNS]
    checks += [bench.check(f"repeated:{column}", "duplicate_count", column) for column in COLUMNS]
    checks.append(bench.check("records", "duplicate_record_count", "", sensor_params={"columns": ("group", "note")}))
    found = await sampled(bench, *checks)
    assert (len(found), bench.statements) == (15, 1)
    of = {check_id: rows for (check_id, _, _), rows in ids(found).items()}
    assert of["nulls:customer"] == [2, 5, 7]
    assert of["nulls:amount"] == [3, 6]
    assert of["nulls:note"] == ([1, 2, 3, 5, 6, 7] if bench.shop.empty_is_null else [1, 2, 3, 5, 7])
    assert "nulls:id" not in of
    assert len(of["repeated:customer"]) == 1
    assert len(of["records"]) == 1 + bench.shop.empty_is_null


async def test_values_are_shown_beside_ids(bench):
    key = ("k", "", "2026-03-30")
    found = (await sampled(bench, bench.check("k", "distinct_count", "customer")))[key]
    assert found.columns == (SampleColumn("id", identifies=True), SampleColumn("customer"))
    assert sorted(row[1].text for row in found.rows) == ["ann", "bob", "eve", "zoë"]
    assert not found.more
    found = (await sampled(bench, bench.check("k", "nulls_count", "customer")))[key]
    assert {row[1].text for row in found.rows} == {None}
    records = bench.check("k", "duplicate_record_count", "", sensor_params={"columns": ("group", "note")})
    found = (await sampled(bench, records))[key]
    assert [column.name for column in found.columns] == ["id", "group", "note"]
    found = (await sampled(bench, records, settings={"id_columns": ()}))[key]
    assert [column.name for column in found.columns] == ["group", "note"]


async def test_each_group_has_rows_of_its_own_up_to_its_case_and_null(bench):
    found = await sampled(bench, bench.check("k", "nulls_count", "customer", group_by=BY_GROUP))
    assert bench.statements == 1
    assert {group for _, group, _ in found} == {'["de"]', '["DE"]', '["fr"]', "[null]"}
    assert {group: rows for (_, group, _), rows in ids(found).items()} == {'["DE"]': [2], '["fr"]': [7], "[null]": [5]}


async def test_rows_that_repeat_are_counted_within_their_group(bench):
    found = await sampled(bench, bench.check("k", "duplicate_count", "customer", group_by=BY_GROUP))
    [(group, rows)] = [(group, rows) for (_, group, _), rows in ids(found).items()]
    assert group == '["fr"]'
    assert rows in ([3], [8])


@pytest.mark.parametrize(
    ("column", "texts", "row"),
    [
        ("id", ["5"], 5),
        ("amount", ["-0.5"], 5),
        ("amount", ["12345678901234.5678"], None),
        ("created_on", ["2026-03-31"], 5),
        ("created_at", ["2026-03-31T10:00:00+00:00", "2026-03-31T10:00:00"], 5),  # MySQL's instants have no zone
    ],
)
async def test_groups_by_numbers_dates_and_instants_are_found_again(bench, column, texts, row):
    check = bench.check("k", "nulls_count", "customer", group_by=(GroupBy(column=column), GroupBy(tag="all")))
    groups = {f'["{text}","all"]' for text in texts} & {group for _, group, _ in await sampled(bench, check)}
    [group] = groups
    found = await sampled(bench, check, only={(group, "2026-03-30")})
    assert list(ids(found).values()) == ([[row]] if row else [])


async def test_only_the_partitions_asked_for_are_read(bench):
    nulls = bench.partitioned("k", check_type="nulls_count", column="customer")
    found = await sampled(bench, nulls)
    assert {day: rows for (_, _, day), rows in ids(found).items()} == {"2026-03-28": [2]}  # midnight of Berlin in UTC
    assert len(found) == 3
    days = {day for _, _, day in found}
    assert ids(await sampled(bench, nulls, only={("", day) for day in days - {"2026-03-28"}})) == {}
    assert list(ids(await sampled(bench, nulls, only={("", "2026-03-28")})).values()) == [[2]]
    monthly = bench.partitioned(
        "k", check_type="nulls_count", column="customer", by="created_on", scale=TimeScale.MONTHLY
    )
    assert list(ids(await sampled(bench, monthly)).values()) == [[7]]


async def test_partitions_of_groups(bench):
    check = bench.partitioned("k", check_type="nulls_count", column="amount", group_by=BY_GROUP)
    found = await sampled(bench, check)
    assert {(group, day): rows for (_, group, day), rows in ids(found).items()} == {('["fr"]', "2026-03-28"): [3]}


async def test_filters_of_table_and_check_hold_for_samples(bench):
    nulls = bench.check("k", "nulls_count", "customer", filter="id < 7 OR id > 100")
    assert list(ids(await sampled(bench, nulls)).values()) == [[2, 5]]
    assert list(ids(await sampled(bench, nulls, table_filter="id <> 2 OR id > 100")).values()) == [[5]]
    repeated = bench.check("k", "duplicate_count", "customer", filter="id <> 8")
    assert ids(await sampled(bench, repeated)) == {}


async def test_personal_data_is_masked_wherever_it_would_be_shown(bench):
    key, pii = ("k", "", "2026-03-30"), {"pii_columns": ("customer", "note")}
    found = (await sampled(bench, bench.check("k", "distinct_count", "customer"), settings=pii))[key]
    assert found.columns[1] == SampleColumn("customer", masked=True)
    assert {row[1].text for row in found.rows} == {None}
    assert len(found.rows) == 4
    records = bench.check("k", "duplicate_record_count", "", sensor_params={"columns": ("group", "note")})
    found = (await sampled(bench, records, settings=pii))[key]
    assert [(column.name, column.masked) for column in found.columns] == [
        ("id", False),
        ("group", False),
        ("note", True),
    ]
    by_name = pii | {"id_columns": ("customer", "id")}
    found = (await sampled(bench, bench.check("k", "nulls_count", "amount"), settings=by_name))[key]
    assert [(one.name, one.identifies, one.masked) for one in found.columns] == [
        ("customer", True, True),
        ("id", True, False),
        ("amount", False, False),
    ]
    assert sorted(row[1].text for row in found.rows) == ["3", "6"]


async def test_a_check_with_sql_of_its_authors_shows_ids_only(bench):
    dialect, key = bench.session.dialect, ("k", "", "2026-03-30")
    condition = bench.check(
        "k", "sql_condition_failed_on_column", "amount", sensor_params={"sql_condition": "amount < 5"}
    )
    found = (await sampled(bench, condition))[key]
    assert [column.name for column in found.columns] == ["id"]
    assert sorted(row[0].text for row in found.rows) == ["1", "2", "4"]
    text = f"SELECT id FROM {dialect.ident('order')} WHERE amount > 5"
    query = parse_query(text, dialect.sqlglot, list(COLUMNS), (bench.shop.schema, bench.shop.table))
    returned = bench.check("k", "sql_invalid_record_count_on_table", "", sensor_params={"sql_query": query})
    assert list(ids(await sampled(bench, returned)).values()) == [[1, 2, 4]]


async def test_a_check_that_cannot_be_sampled_keeps_no_other_from_it(bench):
    known = await snapshot_of(bench.session, bench.shop)
    stale = replace(known, columns=(*known.columns, ColumnInfo("gone", 9, "text", DataType.TEXT)))
    checks = [bench.check(f"nulls:{column}", "nulls_count", column) for column in ("customer", "note", "gone", "group")]
    good = [one for one in checks if one.target.column_name != "gone"]
    context = PlanContext(dialect=bench.session.dialect, snapshot=stale, time_zone=ZONE, now=NOW)
    planned = plan(good, context)
    facts = RunFacts("j", NOW, {}, ZONE)
    found = results(good, planned, await measure(bench.session, planned), facts)
    found.append(replace(found[0], id="of-gone", check_id="nulls:gone"))
    said = TableSettings("c", bench.shop.schema, bench.shop.table, id_columns=("id",))
    taken = (await take(bench.session, plan_samples(SampleRequest(checks, found, context, said)))).samples
    assert {one.check_id: one.error_reason for one in taken if one.error_reason} == {"nulls:gone": "SOURCE_BAD_SQL"}
    assert {one.check_id: len(one.rows) for one in taken if not one.error_reason} == {
        "nulls:customer": 3,
        "nulls:note": 6 if bench.shop.empty_is_null else 5,
        "nulls:group": 1,
    }
