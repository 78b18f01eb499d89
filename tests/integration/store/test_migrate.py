from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import create_engine, text

from dq_platform.adapters.sql.engine import sync_url
from dq_platform.adapters.sql.migrate import drift, is_declared, scripts, upgrade

ROOT = Path(__file__).resolve().parents[3]


def tables(database_url: str) -> set[str]:
    engine = create_engine(sync_url(database_url))
    with engine.connect() as connection:
        found = set(connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
    engine.dispose()
    return found


def alembic(database_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_empty_database_gets_what_the_code_declares(empty_database: str) -> None:
    assert drift(empty_database)
    upgrade(empty_database)
    assert drift(empty_database) == []
    upgrade(empty_database)
    assert drift(empty_database) == []


def test_a_difference_is_seen(empty_database: str) -> None:
    upgrade(empty_database)
    engine = create_engine(sync_url(empty_database))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE checks DROP COLUMN description"))
        connection.execute(text("DROP INDEX ix_check_results_job"))
    engine.dispose()
    assert {str(difference[0]) for difference in drift(empty_database)} == {"add_column", "add_index"}


def test_several_migrations_at_once_are_one(empty_database: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(alembic, empty_database, "upgrade", "head") for _ in range(4)]
        outcomes = [run.result() for run in runs]
    assert [outcome.returncode for outcome in outcomes] == [0] * 4, outcomes
    assert drift(empty_database) == []


def test_the_command_line_upgrades_checks_and_goes_back(empty_database: str) -> None:
    assert alembic(empty_database, "upgrade", "head").returncode == 0
    check = alembic(empty_database, "check")
    assert check.returncode == 0, check.stderr
    assert alembic(empty_database, "downgrade", "base").returncode == 0
    assert tables(empty_database) == {"alembic_version"}


def test_the_command_line_asks_for_the_database(empty_database: str) -> None:
    missing = alembic("", "upgrade", "head")
    assert missing.returncode != 0
    assert "Set DATABASE_URL" in missing.stderr + missing.stdout


def test_partitions_are_not_compared() -> None:
    assert not is_declared("check_results_2026_01", "table", {})
    assert not is_declared("check_results_default", "table", {})
    assert is_declared("check_results", "table", {})
    assert is_declared("check_results_2026_01", "index", {})


def test_the_scripts_are_found_without_the_repository_being_the_working_directory() -> None:
    assert (scripts() / "env.py").is_file()
