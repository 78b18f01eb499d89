"""`dq check accept-baseline` and `dq check baselines`: the columns that checks for changes compare with."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from cli import context
from cli.api import Json
from cli.show import column_changes, grid, moment, word

CHECK_ID = typer.Argument(help="Id of the check.")


def accept_baseline(
    ctx: typer.Context,
    check_id: Annotated[str, CHECK_ID],
    note: Annotated[str, typer.Option(help="Why it is right.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what would be accepted.")] = False,
) -> None:
    """Accept the columns that the table has now: the check compares with them from now on.

    Example: dq check accept-baseline 0197a3b0-2c1d-7e4f-8a5b-6c7d8e9f0a1b --note "release 12"
    """
    me = context.of(ctx)
    with me.api() as api:
        accepted = api.post(f"/checks/{check_id}/accept-baseline", {"note": note, "validate_only": dry_run})
    me.show(accepted, lambda: _accepted(accepted, "Would accept" if dry_run else "Accepted"))


def baselines(ctx: typer.Context, check_id: Annotated[str, CHECK_ID]) -> None:
    """List what a check has accepted, the newest first: that is what it compares with."""
    me = context.of(ctx)
    with me.api() as api:
        found = list(api.all(f"/checks/{check_id}/baselines", "baselines"))
    rows = (
        (
            str(one["number"]),
            moment(one["create_time"]),
            one["actor"],
            str(len(one["columns"])),
            column_changes(one["changes"]),
            one["note"],
        )
        for one in found
    )
    me.show(found, lambda: grid(("number>", "accepted", "by", "columns>", "changes", "note"), rows))


def _accepted(answer: Json, how: str) -> Table | str:
    number = answer["baseline"]["number"]
    if not answer["changes"]:
        return f"Nothing has changed: the columns are those of baseline {number}."
    rows = ((_kind(change), change["column_name"], change["before"], change["after"]) for change in answer["changes"])
    return grid(("change", "column", "before", "after"), rows, title=f"{how} as baseline {number}")


def _kind(change: Json) -> str:
    return word(change["kind"], "COLUMN_CHANGE_KIND_").plain
