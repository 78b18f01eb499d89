from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import psycopg2
import pytest

from local.sample import FAULTS, ROWS, SCHEMA, Fault, Shop, load_postgres, make_shop, write_parquet
from tests.engines.postgres import PostgresServer

TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop(TODAY)


@pytest.fixture(scope="module")
def postgres(shop: Shop) -> Iterator[psycopg2.extensions.cursor]:
    with PostgresServer() as server:
        load_postgres(shop, server.url())
        with closing(server.connect()) as link, link.cursor() as cursor:
            cursor.execute(f"SET search_path = {SCHEMA}")
            yield cursor


@pytest.fixture(scope="module")
def files(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_parquet(shop, tmp_path_factory.mktemp("shop") / "parquet")


@pytest.fixture(scope="module")
def parquet(files: dict[str, Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as engine:
        for name, path in files.items():
            engine.execute(f"CREATE VIEW {name} AS FROM '{path}'")
        yield engine


def fault_id(fault: Fault) -> str:
    return f"{fault.table}.{fault.column}: {fault.what}"


@pytest.mark.parametrize("fault", FAULTS, ids=fault_id)
def test_a_fault_occurs_exactly_as_often_as_documented(
    fault: Fault, postgres: psycopg2.extensions.cursor, parquet: duckdb.DuckDBPyConnection
) -> None:
    query = fault.query(TODAY)
    postgres.execute(query)
    assert postgres.fetchone() == (fault.count,)
    assert parquet.execute(query).fetchone() == (fault.count,)


@pytest.mark.parametrize("table", ROWS)
def test_a_table_has_the_documented_rows(
    table: str, postgres: psycopg2.extensions.cursor, parquet: duckdb.DuckDBPyConnection
) -> None:
    postgres.execute(f"SELECT count(*) FROM {table}")
    assert postgres.fetchone() == (ROWS[table],)
    assert parquet.execute(f"SELECT count(*) FROM {table}").fetchone() == (ROWS[table],)


def test_the_counts_hold_for_another_day_and_seed(tmp_path: Path) -> None:
    today = date(2027, 1, 1)
    files = write_parquet(make_shop(today, seed=99), tmp_path)
    with duckdb.connect() as engine:
        for name, path in files.items():
            engine.execute(f"CREATE VIEW {name} AS FROM '{path}'")
        counted = {fault_id(fault): engine.execute(fault.query(today)).fetchone()[0] for fault in FAULTS}
    assert counted == {fault_id(fault): fault.count for fault in FAULTS}


def test_both_stores_hold_the_same_values(
    postgres: psycopg2.extensions.cursor, parquet: duckdb.DuckDBPyConnection
) -> None:
    query = """
        SELECT sum(amount), min(amount), max(amount), count(DISTINCT customer_id), count(coupon_code), count(note),
               sum(CASE WHEN is_gift THEN 1 ELSE 0 END), min(order_date), max(order_date)
        FROM orders
    """
    postgres.execute(query)
    assert parquet.execute(query).fetchone() == postgres.fetchone()


def test_types_are_the_same_in_both_stores(
    shop: Shop, postgres: psycopg2.extensions.cursor, parquet: duckdb.DuckDBPyConnection
) -> None:
    for table in shop.tables:
        described = parquet.execute(f"DESCRIBE {table.name}").fetchall()
        assert [row[0] for row in described] == list(table.types)
        postgres.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
            " ORDER BY ordinal_position",
            (table.name,),
        )
        assert postgres.fetchall() == [(name, type_.split("(")[0]) for name, type_ in table.types.items()]
        assert not {"VARCHAR"} & {row[1] for row in described if table.types[row[0]] != "text"}


def test_it_covers_the_sixty_days_before_today(postgres: psycopg2.extensions.cursor) -> None:
    postgres.execute("SELECT count(DISTINCT order_date), min(order_date), max(order_date), max(loaded_at) FROM orders")
    days, first, last, loaded = postgres.fetchone()
    assert (days, first, last) == (60, date(2026, 1, 1), date(2026, 3, 1))
    assert loaded < datetime(2026, 3, 2, tzinfo=UTC)


def test_the_same_seed_gives_the_same_shop(shop: Shop) -> None:
    assert make_shop(TODAY) == shop
    assert make_shop(TODAY, seed=2) != shop


def test_loading_again_replaces_the_schema(shop: Shop) -> None:
    with PostgresServer() as server:
        load_postgres(shop, server.url())
        load_postgres(shop, server.url())
        with closing(server.connect()) as link, link.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {SCHEMA}.customers")
            assert cursor.fetchone() == (ROWS["customers"],)
