from __future__ import annotations

import pytest

from dq_platform.adapters.sql.engine import make_engine, sync_url


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+asyncpg", "postgres", "postgresql+psycopg2"])
def test_every_spelling_of_postgresql_gets_the_driver_that_is_needed(scheme: str) -> None:
    url = f"{scheme}://dq:p%40ss%2Fw%25rd@db:5433/dq"
    assert sync_url(url) == "postgresql+psycopg2://dq:p%40ss%2Fw%25rd@db:5433/dq"
    assert make_engine(url).url.drivername == "postgresql+asyncpg"


def test_each_driver_gets_the_tls_option_under_its_own_name() -> None:
    assert sync_url("postgresql://db/dq?ssl=require").endswith("/dq?sslmode=require")
    assert dict(make_engine("postgresql://db/dq?sslmode=require").url.query) == {"ssl": "require"}


def test_an_engine_does_not_print_its_password() -> None:
    assert "hunter2" not in repr(make_engine("postgresql://dq:hunter2@db/dq"))
