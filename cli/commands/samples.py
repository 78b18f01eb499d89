"""`dq samples`: the rows behind a result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from cli import context
from cli.api import Json
from cli.errors import UsageError
from cli.show import grid
from cli.zones import day, zone_of_check


def samples(
    ctx: typer.Context,
    result_id: Annotated[str, typer.Argument(help="Id of a failing result; `dq --json results` shows ids.")] = "",
    check_id: Annotated[str, typer.Option("--check", help="Read this check's rows now instead; nothing is kept.")] = "",
) -> None:
    """Print rows that made a check fail.

    Example: dq samples --check 0197a3b0-2c1d-7e4f-8a5b-6c7d8e9f0a1b
    """
    if bool(result_id) == bool(check_id):
        message = "Give the id of a result, or --check with the id of a check."
        raise UsageError(message)
    me = context.of(ctx)
    with me.api() as api:
        if result_id:
            answer = api.get(f"/results/{result_id}/samples")
            me.show(answer, lambda: sample_table(answer, zone_of_check(api, answer["check_id"])))
        else:
            answer = api.post(f"/checks/{check_id}/samples")
            me.show(answer, lambda: Group(*_tables(answer["samples"], zone_of_check(api, check_id))))


def sample_table(found: Json, zone: ZoneInfo) -> RenderableType:
    """The rows for eyes, or why there are none; periods are days in the zone."""
    title = " ".join(filter(None, (day(found["time_period"], zone), found["data_group"])))
    if found["error_reason"]:
        return Text(f"{title}: {found['message']}", style="magenta")
    columns = found["columns"]
    masked = [column["masked"] for column in columns]
    rows = [
        [_cell(value, hidden) for value, hidden in zip(row["values"], masked, strict=True)] for row in found["rows"]
    ]
    table = grid([column["name"] for column in columns], rows, title=title)
    # A caption would be as narrow as the table.
    return Group(table, Text("There are more such rows.")) if found["more"] else table


def _tables(samples: Iterable[Json], zone: ZoneInfo) -> Iterable[RenderableType]:
    return [sample_table(found, zone) for found in samples] or [Text("no rows", style="dim")]


def _cell(value: Json, masked: bool) -> Text:
    if masked:
        return Text("masked", style="dim")
    if value.get("text") is None:
        return Text("NULL", style="dim")
    return Text(f"{value['text']} …" if value["truncated"] else value["text"])
