"""What a process loads before there is anything to do: memory that it holds as long as it lives."""

from __future__ import annotations

import subprocess
import sys

import pytest

DRIVERS = ("psycopg2", "pymysql", "duckdb", "pyodbc", "oracledb", "snowflake", "redshift_connector", "databricks")
DATA = ("numpy", "pandas", "pyarrow")
HEAVY = (*DRIVERS, *DATA, "sqlglot", "jinja2", "sqlalchemy.orm", "alembic", "typer", "opentelemetry", "starlette")
MEASURING = "dq_platform.execution.measure"
STORES = ("sqlalchemy", "asyncpg", "redis", "arq", "jinja2", "bcrypt")
IMPORTED = "import sys, importlib; importlib.import_module(sys.argv[1]); print(*sys.modules)"


@pytest.mark.parametrize(
    ("process", "spared"),
    [
        ("services.connection.__main__", (*HEAVY, MEASURING)),
        ("services.check.__main__", HEAVY),
        ("services.results.__main__", (*HEAVY, MEASURING)),
        ("workers.__main__", (*HEAVY, "grpc")),
        ("workers.cron", (*HEAVY, "grpc")),
        ("gateway.__main__", (*STORES, "sqlglot", "numpy", "alembic", "typer")),
    ],
)
def test_an_idle_process_loads_nothing_that_it_does_not_need(process: str, spared: tuple[str, ...]) -> None:
    made = subprocess.run((sys.executable, "-c", IMPORTED, process), capture_output=True, text=True, check=True)
    assert set(spared).isdisjoint(made.stdout.split())
