"""MariaDB through the whole system: found, looked into, checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e.world import Account, Json, check_body, ok, pages
from tests.engines.mariadb import MariaDBServer

DATABASE = "warehouse"
TABLES = """
    CREATE TABLE parcels (
        id bigint PRIMARY KEY, `order` varchar(20), weight decimal(10, 3), sent_on date, note text
    ) COMMENT 'what was sent';
    INSERT INTO parcels VALUES
        (1, 'A-1', 1.250, '2026-01-01', 'schnell 🦆'),
        (2, 'A-1', 2.500, '2026-01-01', NULL),
        (3, NULL, -1.000, '2026-01-02', ''),
        (4, 'B-2', NULL, '2026-01-02', 'größer'),
        (5, 'B-3', 4.000, NULL, '  ');
    CREATE VIEW heavy AS SELECT * FROM parcels WHERE weight > 2;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDBServer]:
    with MariaDBServer() as running:
        running.create_database(DATABASE)
        with closing(running.connect(DATABASE)) as link, link.cursor() as cursor:
            for statement in filter(str.strip, TABLES.split(";\n")):
                cursor.execute(statement)
        yield running


@pytest.fixture(scope="module")
def parcels(account: Account, server: MariaDBServer) -> str:
    """The id of a connection to the database."""
    params = server.params
    settings = {"host": params.host, "port": params.port, "user": params.user, "password": params.password}
    body = {"display_name": "parcels", "type": "mysql", "settings": settings | {"database": DATABASE}}
    return str(ok(account.rest.post("/connections", json=body))["id"])


def test_it_is_found_and_looked_into(account: Account, parcels: str) -> None:
    tested = ok(account.rest.post(f"/connections/{parcels}/test", json={}))
    assert "MariaDB" in f"{tested['product']} {tested['version']}"
    place = f"/connections/{parcels}/schemas"
    assert DATABASE in [schema["schema_name"] for schema in pages(account.rest, place, "schemas")]
    tables = {one["table_name"]: one["kind"] for one in pages(account.rest, f"{place}/{DATABASE}/tables", "tables")}
    assert tables == {"parcels": "TABLE_KIND_TABLE", "heavy": "TABLE_KIND_VIEW"}
    columns = list(pages(account.rest, f"{place}/{DATABASE}/tables/parcels/columns", "columns"))
    assert [(one["column_name"], one["data_type"], one["primary_key"]) for one in columns] == [
        ("id", "DATA_TYPE_INTEGER", True),
        ("order", "DATA_TYPE_TEXT", False),
        ("weight", "DATA_TYPE_DECIMAL", False),
        ("sent_on", "DATA_TYPE_DATE", False),
        ("note", "DATA_TYPE_TEXT", False),
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
    ("empty_text_found", "note", {}, {"max_count": 1}, 1, "PASSED"),
    ("text_not_matching_regex_found", "order", {"regex": "^A-[0-9]$"}, {"max_count": 1}, 2, "ERROR"),
    ("text_length_below_min_length", "note", {"min_length": 7}, {"max_count": 5}, 3, "PASSED"),
    ("sum_in_range", "weight", {}, {"from": 6.75, "to": 6.75}, 6.75, "PASSED"),
    ("column_exists", "sent_on", {}, {}, 1, "PASSED"),
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


def test_nothing_can_be_written_through_a_filter(account: Account, parcels: str, server: MariaDBServer) -> None:
    for condition in ("1 = 1; DELETE FROM parcels", "SLEEP(10) = 0", "id = (SELECT 1 INTO OUTFILE '/tmp/x')"):
        refused = account.rest.post("/checks", json=body(parcels, "note", filter=condition))
        assert refused.status_code == 400, condition
    with closing(server.connect(DATABASE)) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM parcels")
        assert cursor.fetchone() == (5,)


def body(connection_id: str, column: str, **changes: object) -> Json:
    check = check_body(connection_id, table="parcels", column=column, **changes)
    check["target"]["schema_name"] = DATABASE
    return check
