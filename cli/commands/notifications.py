"""`dq notifications`: who is told of what, and what became of each message."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated

import typer
from rich.markup import escape
from rich.text import Text

from cli import context
from cli.api import Json, Query
from cli.commands.channels import PATH as CHANNELS
from cli.errors import UsageError
from cli.named import find
from cli.show import grid, moment, word

app = typer.Typer(no_args_is_help=True, help="Notifications: list, show, replay what was given up; and their rules.")
rules = typer.Typer(no_args_is_help=True, help="Rules that say which channels are told of what: add, list, delete.")
app.add_typer(rules, name="rules")

KIND = "INCIDENT_EVENT_KIND_"
STATE = "NOTIFICATION_STATE_"
RULES = "/notification-rules"


@app.command("list")
def list_(
    ctx: typer.Context,
    state: Annotated[str, typer.Option(help="Only pending, sent or dead ones.")] = "",
    channel: Annotated[str, typer.Option("--channel", "-c", help="Only those for this channel, by name or id.")] = "",
    incident: Annotated[str, typer.Option("--incident", help="Only those of this incident.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="At most so many.")] = 50,
) -> None:
    """Print notifications, the newest first, with the last reason why one did not arrive."""
    me = context.of(ctx)
    with me.api() as api:
        query: Query = {
            "states": [f"{STATE}{state.upper()}"] if state else [],
            "channel_id": find(api, "channel", channel, CHANNELS)["id"] if channel else "",
            "incident_id": incident,
        }
        found = list(islice(api.all("/notifications", "notifications", query), limit))
        names = {one["id"]: one["display_name"] for one in api.all(CHANNELS, "channels")}
    rows = (_row(one, names.get(one["channel_id"], "")) for one in found)
    me.show(found, lambda: grid(("event", "channel", "state", "attempts>", "made", "last failure", "id"), rows))


@app.command()
def show(ctx: typer.Context, notification: Annotated[str, typer.Argument(help="Its id.")]) -> None:
    """Print a notification with the attempts that failed."""
    me = context.of(ctx)
    with me.api() as api:
        found = api.get(f"/notifications/{notification}")
    me.show(found, lambda: grid(("", ""), _facts(found)))


@app.command()
def replay(
    ctx: typer.Context,
    notification: Annotated[str, typer.Argument(help="Its id.")] = "",
    dead: Annotated[bool, typer.Option("--dead", help="All that were given up, the oldest first.")] = False,
) -> None:
    """Send again what was given up, once its cause is gone."""
    me = context.of(ctx)
    if bool(notification) == dead:
        message = "Name a notification, or give --dead for all that were given up."
        raise UsageError(message)
    with me.api() as api:
        query: Query = {"states": [f"{STATE}DEAD"]}
        every = (
            [one["id"] for one in api.all("/notifications", "notifications", query)][::-1] if dead else [notification]
        )
        revived = [api.post(f"/notifications/{one}/replay") for one in every]
    me.show(revived, lambda: f"{len(revived)} will be sent within seconds: dq notifications list")


@rules.command("add")
def add_rule(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Name for people.")],
    channel: Annotated[list[str], typer.Option("--channel", "-c", help="A channel to tell, by name or id.")],
    connection: Annotated[str, typer.Option("--connection", help="Of this connection, by name or id.")] = "",
    schema: Annotated[str, typer.Option("--schema", help="Of this schema.")] = "",
    table: Annotated[str, typer.Option("--table", "-t", help="Of schema.table; * and ? are wildcards.")] = "",
    group: Annotated[str, typer.Option("--group", help="Of a data group like this.")] = "",
    dimension: Annotated[str, typer.Option(help="Of a quality dimension like this.")] = "",
    category: Annotated[str, typer.Option(help="Of a category like this.")] = "",
    check_type: Annotated[str, typer.Option("--type", help="With a failing check of a type like this.")] = "",
    severity: Annotated[str, typer.Option(help="At least warning, error or fatal.")] = "",
    event: Annotated[list[str] | None, typer.Option("--event", help="Only of this, such as opened.")] = None,
    priority: Annotated[int, typer.Option(help="The lowest is asked first.")] = 0,
    stop: Annotated[bool, typer.Option("--stop", help="Ask no rule after this one where it matches.")] = False,
) -> None:
    """Tell channels of incidents that match everything named, or of all.

    Example: dq notifications rules add payments -c on-call -t 'shop.pay*' --severity error
    """
    me = context.of(ctx)
    with me.api() as api:
        body: Json = {
            "display_name": name,
            "priority": priority,
            "match": {
                "connection_id": find(api, "connection", connection)["id"] if connection else "",
                "schema_name": schema,
                "table_pattern": table,
                "data_group_pattern": group,
                "dimension_pattern": dimension,
                "category_pattern": category,
                "check_type_pattern": check_type,
                "min_severity": f"SEVERITY_{severity.upper() or 'UNSPECIFIED'}",
            },
            "event_kinds": [f"{KIND}{one.upper()}" for one in event or []],
            "channel_ids": [find(api, "channel", one, CHANNELS)["id"] for one in channel],
            "stop": stop,
        }
        made = api.post(RULES, body)
    me.show(made, lambda: f"Added [bold]{escape(name)}[/]: {made['id']}")


@rules.command("list")
def list_rules(ctx: typer.Context) -> None:
    """List rules in the order in which they are asked."""
    me = context.of(ctx)
    with me.api() as api:
        found = sorted(api.all(RULES, "rules"), key=lambda one: (one["priority"], one["create_time"], one["id"]))
        names = {one["id"]: one["display_name"] for one in api.all(CHANNELS, "channels")}
    rows = (
        (
            str(one["priority"]),
            one["display_name"],
            match_text(one["match"]),
            ", ".join(word(kind, KIND).plain for kind in one["event_kinds"]) or "default",
            ", ".join(names.get(channel, channel) for channel in one["channel_ids"]),
            "stops" if one["stop"] else "",
            one["id"],
        )
        for one in found
    )
    me.show(found, lambda: grid(("priority>", "name", "incidents", "events", "channels", "", "id"), rows))


@rules.command("delete")
def delete_rule(ctx: typer.Context, rule: Annotated[str, typer.Argument(help="Its name or id.")]) -> None:
    """Delete a rule."""
    me = context.of(ctx)
    with me.api() as api:
        found = find(api, "rule", rule, RULES)
        api.delete(f"{RULES}/{found['id']}")
    me.show({}, lambda: f"{escape(found['display_name'])} is deleted.")


def match_text(match: Json) -> str:
    """The fields that are set, in one line."""
    shown = match | {
        "min_severity": match["min_severity"].removeprefix("SEVERITY_").removeprefix("UNSPECIFIED").lower()
    }
    return ", ".join(f"{name.removesuffix('_pattern')} {value}" for name, value in shown.items() if value) or "all"


def _row(one: Json, channel: str) -> list[str | Text]:
    last = one["failed_deliveries"][-1]["message"] if one["failed_deliveries"] else ""
    event, state = word(one["event_kind"], KIND), word(one["state"], STATE)
    return [event, channel, state, str(one["attempt_count"]), moment(one["create_time"]), last, one["id"]]


def _facts(one: Json) -> Iterator[tuple[str, str | Text]]:
    yield "event", word(one["event_kind"], KIND)
    yield "incident", one["incident_id"]
    yield "channel", one["channel_id"]
    yield "rule", one["rule_id"]
    yield "state", word(one["state"], STATE)
    yield "made", moment(one["create_time"])
    yield "next attempt", moment(one.get("next_attempt_time"))
    yield "ended", moment(one.get("end_time"))
    for failed in one["failed_deliveries"]:
        yield f"attempt {failed['number']}", f"{moment(failed['end_time'])} {failed['reason']}: {failed['message']}"
