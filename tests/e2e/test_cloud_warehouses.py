"""Snowflake and BigQuery through the whole system: found, looked into, checked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.world import Account, Json, check_body, ok, pages
from tests.engines.bigquery import bigquery
from tests.engines.snowflake import snowflake
from tests.engines.warehouse import Warehouse

pytestmark = pytest.mark.engines

SCHEMA = "dq_warehouse"
ROWS = """
    (1, 'A-1', 1.25, DATE '2026-01-01', 'schnell 🦆'),
    (2, 'A-1', 2.5, DATE '2026-01-01', NULL),
    (3, NULL, -1, DATE '2026-01-02', ''),
    (4, 'B-2', NULL, DATE '2026-01-02', 'größer'),
    (5, 'B-3', 4, NULL, '  ')
"""


NAMES = ("id", "order", "weight", "sent_on", "note")
TYPES = {
    "snowflake": ("NUMBER(38, 0)", "VARCHAR(20)", "NUMBER(10, 3)", "DATE", "VARCHAR"),
    "bigquery": ("INT64", "STRING", "NUMERIC", "DATE", "STRING"),
}


def fill(warehouse: Warehouse, types: tuple[str, ...]) -> None:
    def quoted(name: str) -> str:
        return f"{warehouse.quote}{name}{warehouse.quote}"

    table, view = (f"{quoted(SCHEMA)}.{quoted(name)}" for name in ("parcels", "heavy"))
    columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in zip(NAMES, types, strict=True))
    warehouse.create_schema(SCHEMA)
    warehouse.write(
        [
            f"CREATE TABLE {table} ({columns})",
            f"INSERT INTO {table} VALUES {ROWS}",
            f"CREATE VIEW {view} AS SELECT * FROM {table} WHERE {quoted('weight')} > 2",
        ]
    )


@pytest.fixture(scope="module", params=["snowflake", "bigquery"])
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def warehouse(engine: str) -> Iterator[Warehouse]:
    with snowflake() if engine == "snowflake" else bigquery() as found:
        fill(found, TYPES[engine])
        yield found


@pytest.fixture(scope="module")
def parcels(account: Account, engine: str, warehouse: Warehouse) -> str:
    """The id of a connection to the warehouse."""
    body = {"display_name": engine, "type": engine, "settings": warehouse.settings}
    return str(ok(account.rest.post("/connections", json=body))["id"])


def test_it_is_found_and_looked_into(account: Account, engine: str, parcels: str) -> None:
    assert ok(account.rest.post(f"/connections/{parcels}/test", json={}))["product"].lower() == engine
    place = f"/connections/{parcels}/schemas"
    assert SCHEMA in [schema["schema_name"] for schema in pages(account.rest, place, "schemas")]
    tables = {one["table_name"]: one["kind"] for one in pages(account.rest, f"{place}/{SCHEMA}/tables", "tables")}
    assert tables == {"parcels": "TABLE_KIND_TABLE", "heavy": "TABLE_KIND_VIEW"}
    columns = list(pages(account.rest, f"{place}/{SCHEMA}/tables/parcels/columns", "columns"))
    assert [(one["column_name"], one["data_type"]) for one in columns] == [
        ("id", "DATA_TYPE_INTEGER"),
        ("order", "DATA_TYPE_TEXT"),
        ("weight", "DATA_TYPE_DECIMAL"),
        ("sent_on", "DATA_TYPE_DATE"),
        ("note", "DATA_TYPE_TEXT"),
    ]
    synced = ok(account.rest.post(f"/connections/{parcels}/sync", json={}))
    assert account.finished(synced["id"])["state"] == "JOB_STATE_SUCCEEDED"


# Check type, column, sensor parameters, threshold of an error -> value and outcome, worked out by hand.
CASES = [
    ("row_count", "", {}, {"min_count": 5}, 5, "PASSED"),
    ("nulls_count", "order", {}, {"max_count": 0}, 1, "ERROR"),
    ("nulls_percent", "note", {}, {"max_percent": 25}, 20, "PASSED"),
    ("duplicate_count", "order", {}, {"max_count": 0}, 1, "ERROR"),
    ("negative_values", "weight", {}, {"max_count": 0}, 1, "ERROR"),
    ("text_not_matching_regex_found", "order", {"regex": "^A-[0-9]$"}, {"max_count": 1}, 2, "ERROR"),
    ("text_length_below_min_length", "note", {"min_length": 7}, {"max_count": 5}, 3, "PASSED"),
    ("sum_in_range", "weight", {}, {"from": 6.75, "to": 6.75}, 6.75, "PASSED"),
]


def test_its_tables_are_checked(account: Account, parcels: str) -> None:
    made: dict[str, tuple[str, float, str]] = {}
    for check_type, column, params, threshold, value, outcome in CASES:
        check = body(parcels, column, check_type=check_type, sensor_params=params, thresholds={"error": threshold})
        made[ok(account.rest.post("/checks", json=check))["id"]] = (check_type, value, f"OUTCOME_{outcome}")
    job = account.run(connection_id=parcels)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    found = {one["check_id"]: (one["check_type"], one["value"], one["outcome"]) for one in account.results(job["id"])}
    assert found == made


def test_partitions_are_days_of_a_date_column(account: Account, parcels: str) -> None:
    days = account.partition_days(body(parcels, "", check_type="row_count"), "sent_on", ("2026-01-01", "2026-01-03"))
    assert days == {"2026-01-01T00:00:00Z": 2, "2026-01-02T00:00:00Z": 2}


def body(connection_id: str, column: str, **changes: object) -> Json:
    check = check_body(connection_id, table="parcels", column=column, **changes)
    check["target"]["schema_name"] = SCHEMA
    return check
