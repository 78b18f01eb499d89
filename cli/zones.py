"""The time zones in which periods are days and months: those of connections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from cli.api import Api, Json

Zones = Mapping[str, ZoneInfo]
"""Time zones by the id of the connection."""


def zones_of(api: Api, results: Iterable[Json]) -> Zones:
    """Those of the connections that are there, as far as results of partitions need them to be spelled."""
    if not any(result["mode"] == "MODE_PARTITIONED" for result in results):
        return {}
    return {found["id"]: ZoneInfo(found["time_zone"]) for found in api.all("/connections", "connections")}


def zone_of_check(api: Api, check_id: str) -> ZoneInfo:
    """The time zone of the connection that the check looks at."""
    target = api.get(f"/checks/{check_id}")["target"]
    return ZoneInfo(api.get(f"/connections/{target['connection_id']}")["time_zone"])


def day(period: str, zone: ZoneInfo | None) -> str:
    """The day on which a period of the API begins in its zone; if that is not known, the moment as the API tells it."""
    return period if zone is None else datetime.fromisoformat(period).astimezone(zone).date().isoformat()
