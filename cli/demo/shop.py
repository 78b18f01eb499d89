"""Prepares the sample shop through the API: data, connections, checks, a schedule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import track

from cli.api import Api, Json
from cli.demo.checks import ON_POSTGRESQL, DemoCheck, on_parquet
from local.ports import LOOPBACK
from local.postgres import SUPERUSER, EmbeddedPostgres
from local.sample import SCHEMA, load_postgres, make_shop, write_parquet

DATABASE = "shop"
PARTITION_DAYS = 14
PARQUET_SCHEMA = "main"


@dataclass(frozen=True, slots=True)
class Source:
    """A connection of the demonstration, and what its checks look at."""

    connection: Json
    schema: str
    checks: tuple[DemoCheck, ...]


def make_data(postgres: EmbeddedPostgres, directory: Path, today: date) -> dict[str, Path]:
    """Load the shop into its own database and write it as Parquet; returns the files by table."""
    shop = make_shop(today)
    postgres.create_database(DATABASE)
    load_postgres(shop, postgres.url(DATABASE))
    return write_parquet(shop, directory)


def connect(api: Api, postgres: EmbeddedPostgres, files: dict[str, Path]) -> list[Source]:
    """Create the connections, and test them."""
    settings = {
        "host": LOOPBACK,
        "port": postgres.config.port,
        "database": DATABASE,
        "user": SUPERUSER,
        "password": postgres.config.password,
        "ssl_mode": "disable",
    }
    shop = api.post("/connections", {"display_name": "shop", "type": "postgresql", "settings": settings})
    paths = "; ".join(f"{table}={path}" for table, path in files.items())
    lake = api.post("/connections", {"display_name": "lake", "type": "duckdb", "settings": {"files": paths}})
    for connection in (shop, lake):
        api.post(f"/connections/{connection['id']}/test")
    return [Source(shop, SCHEMA, ON_POSTGRESQL), Source(lake, PARQUET_SCHEMA, tuple(on_parquet()))]


def create_checks(api: Api, sources: Iterable[Source], console: Console) -> int:
    """Create every check; returns how many."""
    bodies = [check.body(one.connection["id"], one.schema) for one in sources for check in one.checks]
    for body in track(bodies, "Creating checks", console=console, transient=True):
        api.post("/checks", body)
    return len(bodies)


def create_schedule(api: Api, source: Source) -> Json:
    """A schedule that runs the source's checks every morning."""
    selector = {"connection_id": source.connection["id"]}
    body = {"display_name": "every morning", "cron": "30 6 * * *", "time_zone": "Europe/Berlin", "selector": selector}
    return api.post("/schedules", body)


def window(today: date) -> Json:
    """The partitions to read: the last two weeks, the day with few orders among them."""
    end = datetime.combine(today, time(), UTC)
    return {"start_time": (end - timedelta(days=PARTITION_DAYS)).isoformat(), "end_time": end.isoformat()}
