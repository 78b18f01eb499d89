"""`dq queue`: what waits, what runs, and since when."""

from __future__ import annotations

import asyncio
from datetime import UTC
from typing import Annotated

import typer

from cli import bootstrap, context
from cli.api import Json
from cli.show import grid
from dq_platform.models.queue import Backlog
from dq_platform.settings import ServerSettings, load

HEADINGS = ("priority", "waiting>", "oldest>", "delayed>", "running>", "abandoned>", "paused>")


def queue(
    ctx: typer.Context,
    everywhere: Annotated[
        bool,
        typer.Option("--everywhere", help="Every workspace, read from the database; needs the servers' settings."),
    ] = False,
) -> None:
    """Print how much work waits and runs, by priority, and how long the oldest has waited.

    Waiting is due and not taken, delayed waits for its next attempt, abandoned is held by a worker that is gone,
    and paused waits for its connection to be resumed.
    """
    me = context.of(ctx)
    if everywhere:
        found = [_as_the_api_has_it(one) for one in asyncio.run(bootstrap.whole_queue(load(ServerSettings)))]
        me.show(found, lambda: grid(("workspace", *HEADINGS), ([one["workspace"], *_cells(one)] for one in found)))
        return
    with me.api() as api:
        lines = api.get("/queue")["lines"]
    me.show(lines, lambda: grid(HEADINGS, map(_cells, lines)))


def age(seconds: float) -> str:
    """A time for eyes, in its two largest units: `2 h 5 min`."""
    whole = int(seconds)
    for unit, size, smaller, smaller_size in (("d", 86_400, "h", 3_600), ("h", 3_600, "min", 60), ("min", 60, "s", 1)):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // smaller_size} {smaller}"
    return f"{whole} s"


def _cells(line: Json) -> list[str]:
    oldest = age(float(line["oldest_age"].removesuffix("s"))) if line.get("oldest_due_time") else "–"
    counts = (f"{int(line[f'{name}_count']):,}" for name in ("delayed", "running", "abandoned", "paused"))
    priority = line["priority"].removeprefix("PRIORITY_").lower()
    return [priority, f"{int(line['waiting_count']):,}", oldest, *counts]


def _as_the_api_has_it(one: Backlog) -> Json:
    due = one.oldest_due_time
    return {
        "workspace": one.workspace,
        "priority": f"PRIORITY_{one.priority.name}",
        "waiting_count": str(one.waiting),
        "delayed_count": str(one.delayed),
        "running_count": str(one.running),
        "abandoned_count": str(one.abandoned),
        "paused_count": str(one.paused),
        "oldest_age": f"{one.oldest_age.total_seconds():.3f}s",
        **({"oldest_due_time": due.astimezone(UTC).isoformat().replace("+00:00", "Z")} if due else {}),
    }
