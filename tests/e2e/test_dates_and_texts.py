"""Dates, timestamps and texts as results, from the source to REST, on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.e2e.world import SHOP, Account, Json, check_body, ok
from tests.engines.mariadb import MariaDBServer

STATEMENTS = (
    "CREATE TABLE visits (day DATE, seen {timestamp}, name VARCHAR(40), big BIGINT, price DECIMAL(30, 10))",
    "INSERT INTO visits VALUES ('2024-02-29', '2024-03-30 23:59:59.5', 'ann', 9007199254740993, 0.1)",
    "INSERT INTO visits VALUES ('2023-12-31', '2024-03-31 01:30:00', '😀 zoë', 1, 12345678901234567890.0000000001)",
    "INSERT INTO visits VALUES (NULL, NULL, NULL, NULL, NULL)",
)
# Check type, column, threshold of an error -> value, its text, outcome.
CASES = [
    ("min_date_in_range", "day", {"from": "2024-01-01"}, 1703980800, "2023-12-31", "ERROR"),
    ("max_date_in_range", "day", {"to": "2024-02-29"}, 1709164800, "2024-02-29", "PASSED"),
    ("min_date_in_range", "seen", {"from": "2024-03-30"}, 1711843199.5, "2024-03-30T23:59:59.5Z", "PASSED"),
    ("max_date_in_range", "seen", {"to": "2024-03-31T01:29:59Z"}, 1711848600, "2024-03-31T01:30:00Z", "ERROR"),
    ("min_text_in_range", "name", {"from": "b"}, None, "ann", "ERROR"),
    ("max_text_in_range", "name", {"from": "z"}, None, "😀 zoë", "PASSED"),
    ("max_in_range", "big", {"to": 9007199254740994}, 9007199254740992, "9007199254740993", "PASSED"),
    ("max_in_range", "price", {"to": 1e19}, 12345678901234567168, "12345678901234567890.0000000001", "ERROR"),
]


@dataclass(frozen=True)
class Source:
    connection_id: str
    schema: str


def connected(account: Account, type: str, settings: Json, schema: str) -> Source:
    body = {"display_name": type, "type": type, "settings": settings}
    return Source(str(ok(account.rest.post("/connections", json=body))["id"]), schema)


@pytest.fixture
def postgres(own: Account) -> Source:
    postgres = own.world.stack.postgres
    with closing(postgres.connect(SHOP)) as link, link.cursor() as cursor:
        cursor.execute("CREATE SCHEMA dates; SET search_path = dates")
        for statement in STATEMENTS:
            cursor.execute(statement.format(timestamp="TIMESTAMP"))
        link.commit()
    return connected(own, "postgresql", own.world.postgres_settings(), "dates")


@pytest.fixture
def mariadb(own: Account) -> Iterator[Source]:
    with MariaDBServer() as server:
        server.create_database("dates")
        with closing(server.connect("dates")) as link, link.cursor() as cursor:
            for statement in STATEMENTS:
                cursor.execute(statement.format(timestamp="DATETIME(6)"))
        params = server.params
        settings = {"host": params.host, "port": params.port, "user": params.user, "password": params.password}
        yield connected(own, "mysql", settings | {"database": "dates"}, "dates")


@pytest.fixture
def duck(own: Account, tmp_path: Path) -> Source:
    path = tmp_path / "dates.duckdb"
    with closing(duckdb.connect(str(path))) as link:
        for statement in STATEMENTS:
            link.execute(statement.format(timestamp="TIMESTAMP"))
    return connected(own, "duckdb", {"database": str(path)}, "main")


@pytest.mark.parametrize("engine", ["postgres", "mariadb", "duck"])
def test_a_date_a_timestamp_and_a_text_come_back_as_they_were(
    own: Account, engine: str, request: pytest.FixtureRequest
) -> None:
    source: Source = request.getfixturevalue(engine)
    made = {}
    for check_type, column, threshold, *expected in CASES:
        body = check_body(
            *(source.connection_id,),
            table="visits",
            column=column,
            check_type=check_type,
            thresholds={"error": threshold},
        )
        body["target"]["schema_name"] = source.schema
        made[ok(own.rest.post("/checks", json=body))["id"]] = tuple(expected)
    job = own.run(connection_id=source.connection_id)
    found = {
        one["check_id"]: (one.get("value"), one["value_text"], one["outcome"].removeprefix("OUTCOME_"))
        for one in own.results(job["id"])
    }
    assert found == made


def test_a_rule_of_numbers_refuses_a_date(own: Account) -> None:
    body = check_body(own.connect(), table="orders", column="shipped_on", check_type="min_in_range")
    refused = own.rest.post("/checks", json=body | {"thresholds": {"error": {"from": 1}}})
    assert refused.status_code == 400
    assert "min_date_in_range" in refused.text
