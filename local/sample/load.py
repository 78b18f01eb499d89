"""Brings the sample shop to where checks can read it: a PostgreSQL schema and Parquet files."""

from __future__ import annotations

import io
import tempfile
from contextlib import closing
from pathlib import Path

import duckdb
import psycopg2
from psycopg2 import sql

from local.sample.shop import Shop
from local.sample.table import NULL, Table

SCHEMA = "shop"


def load_postgres(shop: Shop, url: str) -> None:
    """Replace the schema `shop` of the database at `url` (`postgresql://…`) by the tables; they have no constraints."""
    with closing(psycopg2.connect(url)) as link, link, link.cursor() as cursor:
        schema = sql.Identifier(SCHEMA)
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
        for table in shop.tables:
            name = sql.Identifier(SCHEMA, table.name)
            columns = [sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(t)) for column, t in table.types.items()]
            cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(name, sql.SQL(", ").join(columns)))
            copy = sql.SQL("COPY {} FROM STDIN WITH (FORMAT csv, NULL {})").format(name, sql.Literal(NULL))
            cursor.copy_expert(copy, io.StringIO(table.to_csv()))
            cursor.execute(sql.SQL("ANALYZE {}").format(name))


def write_parquet(shop: Shop, directory: Path) -> dict[str, Path]:
    """Write one Parquet file per table into the directory, made if missing; returns their paths by table name."""
    directory.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as engine:
        return {table.name: _write_table(engine, table, directory) for table in shop.tables}


def _write_table(engine: duckdb.DuckDBPyConnection, table: Table, directory: Path) -> Path:
    path = directory / f"{table.name}.parquet"
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
        file.write(table.to_csv())
        file.flush()
        rows = engine.read_csv(
            file.name, header=False, names=list(table.types), dtype=list(table.types.values()), na_values=NULL
        )
        rows.write_parquet(str(path), compression="zstd")
    return path
