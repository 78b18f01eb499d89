"""Redshift and SQL Server through the whole system, on what stands in for them here: found, looked into, checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass

import pytest

from dq_platform.connectors.factory import ConnectorFactory
from tests.e2e.world import Account, Json, check_body, ok, pages
from tests.engines.redshift import RedshiftServer
from tests.engines.sqlserver import SqlServerStandIn, connect

TABLES = (
    "CREATE SCHEMA warehouse",
    "CREATE TABLE warehouse.parcels (id BIGINT NOT NULL PRIMARY KEY, code {text}, weight DECIMAL(10, 3), sent_on DATE)",
    "INSERT INTO warehouse.parcels VALUES (1, 'A-1', 1.250, '2026-01-01'), (2, 'A-1', 2.500, '2026-01-01')",
    "INSERT INTO warehouse.parcels VALUES (3, NULL, -1, '2026-01-02'), (4, 'B-2', NULL, '2026-01-02')",
    "INSERT INTO warehouse.parcels VALUES (5, '', 4, NULL)",
    "CREATE VIEW warehouse.heavy AS SELECT id FROM warehouse.parcels WHERE weight > 2",
)

# Check type, column, sensor parameters, threshold of an error -> value and outcome, worked out by hand.
CASES = [
    ("row_count", "", {}, {"min_count": 5}, 5, "PASSED"),
    ("nulls_percent", "code", {}, {"max_percent": 25}, 20, "PASSED"),
    ("duplicate_count", "code", {}, {"max_count": 0}, 1, "ERROR"),
    ("negative_values", "weight", {}, {"max_count": 0}, 1, "ERROR"),
    ("empty_text_found", "code", {}, {"max_count": 1}, 1, "PASSED"),
    ("median_in_range", "weight", {}, {"from": 1.875, "to": 1.875}, 1.875, "PASSED"),
    ("sum_in_range", "weight", {}, {"from": 6.75, "to": 6.75}, 6.75, "PASSED"),
    ("column_exists", "sent_on", {}, {}, 1, "PASSED"),
]


@dataclass(frozen=True)
class Source:
    connection_id: str
    type: str
    product: str


def _redshift(cleanup: ExitStack) -> tuple[Json, str]:
    server = cleanup.enter_context(RedshiftServer())
    with closing(server.connect()) as link, link.cursor() as cursor:
        _fill(cursor, "VARCHAR(20)")
    return asdict(server.params) | {"database": "postgres", "ssl_mode": "disable"}, "Redshift"


def _sqlserver(cleanup: ExitStack) -> tuple[Json, str]:
    server = cleanup.enter_context(SqlServerStandIn())
    settings = asdict(server.params) | {"database": "master", "ssl_mode": "disable"}
    with closing(connect(settings)) as link, closing(link.cursor()) as cursor:
        _fill(cursor, "NVARCHAR(20)")
    return settings, "SQL Server"


def _fill(cursor, text: str) -> None:
    for statement in TABLES:
        cursor.execute(statement.format(text=text))


@pytest.fixture(scope="module", params=["redshift", "sqlserver"])
def source(request: pytest.FixtureRequest, account: Account) -> Iterator[Source]:
    with ExitStack() as cleanup:
        settings, product = {"redshift": _redshift, "sqlserver": _sqlserver}[request.param](cleanup)
        body = {"display_name": request.param, "type": request.param, "settings": settings}
        yield Source(str(ok(account.rest.post("/connections", json=body))["id"]), request.param, product)


def test_it_is_found_and_looked_into(account: Account, source: Source) -> None:
    tested = ok(account.rest.post(f"/connections/{source.connection_id}/test", json={}))
    assert tested["product"] == source.product
    place = f"/connections/{source.connection_id}/schemas"
    assert "warehouse" in [schema["schema_name"] for schema in pages(account.rest, place, "schemas")]
    tables = {one["table_name"]: one["kind"] for one in pages(account.rest, f"{place}/warehouse/tables", "tables")}
    assert tables == {"parcels": "TABLE_KIND_TABLE", "heavy": "TABLE_KIND_VIEW"}
    columns = list(pages(account.rest, f"{place}/warehouse/tables/parcels/columns", "columns"))
    assert [(one["column_name"], one["data_type"], one["primary_key"]) for one in columns] == [
        ("id", "DATA_TYPE_INTEGER", True),
        ("code", "DATA_TYPE_TEXT", False),
        ("weight", "DATA_TYPE_DECIMAL", False),
        ("sent_on", "DATA_TYPE_DATE", False),
    ]
    synced = ok(account.rest.post(f"/connections/{source.connection_id}/sync", json={}))
    assert account.finished(synced["id"])["state"] == "JOB_STATE_SUCCEEDED"


def test_its_tables_are_checked(account: Account, source: Source) -> None:
    made: dict[str, tuple[str, float, str]] = {}
    for check_type, column, params, threshold, value, outcome in CASES:
        check = body(source, column, check_type=check_type, sensor_params=params, thresholds={"error": threshold})
        made[ok(account.rest.post("/checks", json=check))["id"]] = (check_type, value, f"OUTCOME_{outcome}")
    job = account.run(connection_id=source.connection_id)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    found = {one["check_id"]: (one["check_type"], one["value"], one["outcome"]) for one in account.results(job["id"])}
    assert found == made


def test_partitions_are_days_of_a_date_column(account: Account, source: Source) -> None:
    check = body(
        *(source, ""),
        check_type="row_count",
        mode="MODE_PARTITIONED",
        partition_column="sent_on",
        thresholds={"error": {"min_count": 1}},
    )
    check_id = ok(account.rest.post("/checks", json=check))["id"]
    window = {"start_time": "2026-01-01T00:00:00Z", "end_time": "2026-01-03T00:00:00Z"}
    job = ok(account.rest.post(f"/checks/{check_id}/run", json={"window": window}))
    account.finished(job["id"])
    days = {one["time_period"]: one["value"] for one in account.results(job["id"])}
    assert days == {"2026-01-01T00:00:00Z": 2, "2026-01-02T00:00:00Z": 2}


@pytest.mark.parametrize("condition", ["1 = 1; DROP TABLE parcels", "1 = 1 DROP TABLE parcels", "1 = 1) --"])
def test_nothing_can_be_written_through_a_filter(account: Account, source: Source, condition: str) -> None:
    assert account.rest.post("/checks", json=body(source, "code", filter=condition)).status_code == 400


def test_a_check_that_the_engine_is_not_able_for_is_refused(account: Account, source: Source) -> None:
    check = body(source, "code", check_type="text_not_matching_regex_found", sensor_params={"regex": "^A"})
    able = "regex" in ConnectorFactory.get(source.type).dialect.capabilities
    assert account.rest.post("/checks", json=check).status_code == (201 if able else 400)


def body(source: Source, column: str, **changes: object) -> Json:
    check = check_body(source.connection_id, table="parcels", column=column, **changes)
    check["target"]["schema_name"] = "warehouse"
    return check
