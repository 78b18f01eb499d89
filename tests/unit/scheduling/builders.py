"""A schedule to plan."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dq_platform.models.check import CheckSelector
from dq_platform.models.schedule import Schedule

BERLIN = "Europe/Berlin"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def schedule(**changes: Any) -> Schedule:
    """Every day at six in Berlin, planned for the tenth of March."""
    fields: dict[str, Any] = {
        "id": "s",
        "workspace_id": "w",
        "display_name": "nightly",
        "cron": "0 6 * * *",
        "time_zone": BERLIN,
        "selector": CheckSelector(),
        "create_time": utc("2026-01-01T00:00"),
        "update_time": utc("2026-01-01T00:00"),
        "next_run_time": utc("2026-03-10T05:00"),
    }
    return Schedule(**(fields | changes))
