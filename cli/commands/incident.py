"""`dq incident`: what people do about incidents, and how failures become incidents."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context
from cli.api import Json
from cli.named import find
from cli.show import grid

app = typer.Typer(no_args_is_help=True, help="What people do about incidents, and how failures become incidents.")

NAMES = ("grouping_level", "per_data_group")


@app.command()
def settings(
    ctx: typer.Context,
    connection: Annotated[
        str, typer.Option("--connection", "-c", help="Its name or id; left out: the whole workspace.")
    ] = "",
    level: Annotated[
        str, typer.Option(help="What failures share: table, dimension, category, check_type or check.")
    ] = "",
    per_group: Annotated[
        bool | None, typer.Option("--per-group/--all-groups", help="Incidents of their own for each data group.")
    ] = None,
    inherit: Annotated[
        list[str] | None,
        typer.Option(help=f"Take a setting back, so that the next wider one holds: {', '.join(NAMES)}."),
    ] = None,
) -> None:
    """Print how failures become incidents, or change it. What is not named stays as it is.

    Example: dq incident settings -c shop --level check --inherit per_data_group
    """
    me = context.of(ctx)
    given: Json = {
        "grouping_level": f"GROUPING_LEVEL_{level.upper()}" if level else None,
        "per_data_group": per_group,
    }
    named: Json = {name: value for name, value in given.items() if value is not None}
    with me.api() as api:
        owner = find(api, "connection", connection)["id"] if connection else ""
        if named or inherit:
            mask = ",".join([*named, *(inherit or [])])
            found = api.patch("/incident-settings", {"connection_id": owner, **named}, {"update_mask": mask})
        else:
            found = api.get("/incident-settings", {"connection_id": owner})
    me.show(found, lambda: grid(("setting", "value", "set here"), _rows(found)))


def _rows(found: Json) -> list[tuple[str, str, str]]:
    return [(name, _value(found["in_effect"][name]), "yes" if _is_set(found.get(name)) else "") for name in NAMES]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).removeprefix("GROUPING_LEVEL_").lower()


def _is_set(value: object) -> bool:
    return value is not None and not str(value).endswith("_UNSPECIFIED")
