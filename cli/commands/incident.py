"""`dq incident`: what people do about incidents, and how failures become incidents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Group

from cli import context
from cli.api import Json, Query
from cli.commands.look import incident_table
from cli.named import find
from cli.show import grid, moment, number, word
from cli.values import duration
from cli.zones import day

app = typer.Typer(no_args_is_help=True, help="What people do about incidents, and how failures become incidents.")

NAMES = ("grouping_level", "per_data_group", "passing_run_count", "flap_window", "escalate_after")
ID = typer.Argument(help="Id of the incident; `dq incidents` lists them.")
NOTE = typer.Option("--note", "-m", help="What to remember of it.")


@app.command()
def show(ctx: typer.Context, incident_id: Annotated[str, ID]) -> None:
    """Print an incident and what happened to it."""
    me = context.of(ctx)
    with me.api() as api:
        incident = api.get(f"/incidents/{incident_id}")
        events = list(api.all(f"/incidents/{incident_id}/events", "events"))
    happened = (
        (
            moment(one["create_time"]),
            word(one["kind"], "INCIDENT_EVENT_KIND_"),
            one["actor"],
            " ".join(filter(None, (one["detail"], one["note"]))),
        )
        for one in events
    )
    me.show(
        {**incident, "events": events},
        lambda: Group(incident_table([incident]), grid(("when", "what", "who", "note"), happened)),
    )


@app.command()
def members(
    ctx: typer.Context,
    incident_id: Annotated[str, ID],
    failing: Annotated[bool, typer.Option("--failing", help="Only those that fail now.")] = False,
) -> None:
    """Print the checks that failed in an incident, with their columns and data groups."""
    me = context.of(ctx)
    query: Query = {"failing": "true"} if failing else {}
    with me.api() as api:
        found = list(api.all(f"/incidents/{incident_id}/members", "members", query))
    rows = (
        (
            one["check_display_name"] or one["check_type"],
            one["column_name"],
            one["data_group"],
            moment(one.get("failing_since_time")),
            one["check_id"],
        )
        for one in found
    )
    me.show(found, lambda: grid(("check", "column", "data group", "fails since", "id"), rows))


@app.command()
def days(
    ctx: typer.Context,
    incident_id: Annotated[str, ID],
    time_zone: Annotated[str, typer.Option(help="IANA zone in which days begin.")] = "UTC",
) -> None:
    """Print how many results failed in an incident, day by day."""
    me = context.of(ctx)
    with me.api() as api:
        found = api.get(f"/incidents/{incident_id}/histogram", {"time_zone": time_zone})["days"]
    severities = ("warning", "error", "fatal")
    rows = (
        (day(one["start_time"], ZoneInfo(time_zone)), *(number(one[f"{name}_count"]) for name in severities))
        for one in found
    )
    me.show(found, lambda: grid(("day", *(f"{name}>" for name in severities)), rows))


@app.command()
def acknowledge(ctx: typer.Context, incident_id: Annotated[str, ID], note: Annotated[str, NOTE] = "") -> None:
    """Say that somebody looks into an incident."""
    _do(ctx, incident_id, "acknowledge", note)


@app.command()
def resolve(ctx: typer.Context, incident_id: Annotated[str, ID], note: Annotated[str, NOTE] = "") -> None:
    """Say that an incident is over; the next failure opens a new one."""
    _do(ctx, incident_id, "resolve", note)


@app.command()
def reopen(ctx: typer.Context, incident_id: Annotated[str, ID], note: Annotated[str, NOTE] = "") -> None:
    """Say that an incident was resolved by mistake."""
    _do(ctx, incident_id, "reopen", note)


@app.command()
def mute(
    ctx: typer.Context,
    incident_id: Annotated[str, ID],
    length: Annotated[str, typer.Option("--for", help="For how long: 90s, 15m, 8h, 3d or 2w.")],
    note: Annotated[str, NOTE] = "",
) -> None:
    """Keep an incident quiet for a while; failures are still counted.

    Example: dq incident mute 0199a3c1-… --for 8h -m 'the load is late'
    """
    until = datetime.now(UTC) + duration(length, "--for")
    _do(ctx, incident_id, "mute", note, mute_until_time=until.isoformat())


@app.command()
def unmute(ctx: typer.Context, incident_id: Annotated[str, ID], note: Annotated[str, NOTE] = "") -> None:
    """Take the muting of an incident back."""
    _do(ctx, incident_id, "unmute", note)


@app.command()
def assign(
    ctx: typer.Context,
    incident_id: Annotated[str, ID],
    assignee: Annotated[str, typer.Argument(help="Who is to look after it; left out: nobody.")] = "",
    note: Annotated[str, NOTE] = "",
) -> None:
    """Say who is to look after an incident."""
    _do(ctx, incident_id, "assign", note, assignee=assignee)


@app.command()
def ticket(
    ctx: typer.Context,
    incident_id: Annotated[str, ID],
    url: Annotated[str, typer.Argument(help="Where it is tracked, https://…; left out: nowhere.")] = "",
    note: Annotated[str, NOTE] = "",
) -> None:
    """Say where an incident is tracked."""
    _do(ctx, incident_id, "ticket", note, ticket_url=url)


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
    passing_runs: Annotated[
        int | None, typer.Option(help="How often in a row what failed must pass to be over.")
    ] = None,
    flap_window: Annotated[
        str,
        typer.Option(
            help="How long an incident must be quiet before a failure is a new one, such as 12h; 0s: no time."
        ),
    ] = "",
    escalate_after: Annotated[
        str,
        typer.Option(help="How long an incident may wait to be acknowledged, such as 2h; 0s: for ever."),
    ] = "",
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
        "passing_run_count": passing_runs,
        "flap_window": _seconds(flap_window, "--flap-window"),
        "escalate_after": _seconds(escalate_after, "--escalate-after"),
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


def _do(ctx: typer.Context, incident_id: str, verb: str, note: str, **more: str) -> None:
    """Ask for it and print the incident as it is then."""
    me = context.of(ctx)
    with me.api() as api:
        incident = api.post(f"/incidents/{incident_id}/{verb}", {"note": note, **more})
    me.show(incident, lambda: incident_table([incident]))


def _seconds(text: str, option: str) -> str | None:
    return f"{duration(text, option).total_seconds():.0f}s" if text else None


def _rows(found: Json) -> list[tuple[str, str, str]]:
    return [(name, _value(found["in_effect"][name]), "yes" if _is_set(found.get(name)) else "") for name in NAMES]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).removeprefix("GROUPING_LEVEL_").lower()


def _is_set(value: object) -> bool:
    return value is not None and not str(value).endswith("_UNSPECIFIED")
