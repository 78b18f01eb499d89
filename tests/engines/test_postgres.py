from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest

from tests.engines.postgres import PostgresServer


def test_it_lasts_as_long_as_its_block() -> None:
    with PostgresServer() as server:
        server.create_database("shop")
        params = server.params
        with (
            closing(
                psycopg2.connect(
                    host=params.host, port=params.port, user=params.user, password=params.password, dbname="shop"
                )
            ) as link,
            link.cursor() as cursor,
        ):
            cursor.execute("SELECT current_database(), current_setting('fsync')")
            assert cursor.fetchone() == ("shop", "off")
        url = server.url("shop")
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(url)
