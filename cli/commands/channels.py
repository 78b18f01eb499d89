"""`dq channels`: the ways in which people are told of incidents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cli import context
from cli.api import Api, Json
from cli.named import find
from cli.show import grid
from cli.values import pairs

app = typer.Typer(
    no_args_is_help=True, help="Channels of notifications: types, add, list, show, set, test, preview, delete."
)

PATH = "/notification-channels"
CHANNEL = typer.Argument(help="Its name or id.")
SET = typer.Option("--set", "-s", help="A setting, name=value.")
SUBJECT = typer.Option("--subject", help="Template of the subject.")
TEXT = typer.Option("--text", help="File with the template of the text.", exists=True, dir_okay=False)
HTML = typer.Option("--html", help="File with the template of the HTML.", exists=True, dir_okay=False)
EVENT = typer.Option(
    "--event", help="What the message tells, such as opened, escalated, flapped, acknowledged or resolved."
)


@app.command()
def types(ctx: typer.Context) -> None:
    """List the kinds of channels and their settings; required ones are marked."""
    me = context.of(ctx)
    with me.api() as api:
        found = api.get(f"{PATH}/types")["types"]
    rows = (
        (kind["name"], setting["name"], "required" if setting["required"] else "", setting["description"])
        for kind in found
        for setting in kind["settings"]
    )
    me.show(found, lambda: grid(("type", "setting", "", "what it is"), rows))


@app.command()
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Name for people.")],
    type: Annotated[str, typer.Option("--type", "-t", help="webhook, slack, teams, pagerduty or email.")],
    setting: Annotated[list[str] | None, SET] = None,
    subject: Annotated[str, SUBJECT] = "",
    text: Annotated[Path | None, TEXT] = None,
    html: Annotated[Path | None, HTML] = None,
) -> None:
    """Add a channel; a rule says what it is told of: dq notifications rules add.

    Example: dq channels add team -t webhook -s url=https://hooks.example.com/dq -s signing_secret=...
    """
    me = context.of(ctx)
    body: Json = {
        "display_name": name,
        "type": type,
        "settings": pairs(setting or [], "--set"),
        "templates": _templates(subject, text, html),
    }
    with me.api() as api:
        made = api.post(PATH, body)
    me.show(made, lambda: f"Added [bold]{escape(name)}[/]: {made['id']}\nTry it: dq channels test {made['id']}")


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List channels."""
    me = context.of(ctx)
    with me.api() as api:
        found = list(api.all(PATH, "channels"))
    rows = ((one["display_name"], one["type"], _settings(one), one["id"]) for one in found)
    me.show(found, lambda: grid(("name", "type", "settings", "id"), rows))


@app.command()
def show(ctx: typer.Context, channel: Annotated[str, CHANNEL]) -> None:
    """Print a channel with its templates; secrets are named, never shown."""
    me = context.of(ctx)
    with me.api() as api:
        found = _find(api, channel)
    own = [(name, text) for name, text in found["templates"].items() if text]
    rows = [("name", found["display_name"]), ("type", found["type"]), ("settings", _settings(found)), *own]
    me.show(found, lambda: grid(("", ""), rows))


@app.command("set")
def set_(
    ctx: typer.Context,
    channel: Annotated[str, CHANNEL],
    setting: Annotated[list[str] | None, SET] = None,
    subject: Annotated[str, SUBJECT] = "",
    text: Annotated[Path | None, TEXT] = None,
    html: Annotated[Path | None, HTML] = None,
) -> None:
    """Change settings and templates of a channel; what is not named stays as it is."""
    me = context.of(ctx)
    body: Json = {"settings": pairs(setting or [], "--set"), "templates": _templates(subject, text, html)}
    with me.api() as api:
        found = _find(api, channel)
        after = api.patch(f"{PATH}/{found['id']}", {name: value for name, value in body.items() if value})
    me.show(after, lambda: f"{escape(after['display_name'])} is changed.")


@app.command("test")
def try_(ctx: typer.Context, channel: Annotated[str, CHANNEL], event: Annotated[str, EVENT] = "opened") -> None:
    """Send a made-up message, now and once; an error says why it did not arrive."""
    me = context.of(ctx)
    with me.api() as api:
        found = _find(api, channel)
        answer = api.post(f"{PATH}/{found['id']}/test", {"event_kind": f"INCIDENT_EVENT_KIND_{event.upper()}"})
    me.show(answer, lambda: f"{escape(found['display_name'])} has taken the message.")


@app.command()
def preview(
    ctx: typer.Context,
    channel: Annotated[str, CHANNEL],
    event: Annotated[str, EVENT] = "opened",
    incident: Annotated[
        str, typer.Option("--incident", help="Id of the incident to tell of; else made-up values.")
    ] = "",
    payload: Annotated[bool, typer.Option("--payload", help="What the receiver gets.")] = False,
) -> None:
    """Print a message as the channel would send it; nothing is sent."""
    me = context.of(ctx)
    with me.api() as api:
        found = _find(api, channel)
        body: Json = {"event_kind": f"INCIDENT_EVENT_KIND_{event.upper()}", "incident_id": incident}
        made = api.post(f"{PATH}/{found['id']}/preview", body)
    me.show(made, lambda: escape(made["payload"] if payload else f"{made['subject']}\n\n{made['text']}"))


@app.command()
def delete(ctx: typer.Context, channel: Annotated[str, CHANNEL]) -> None:
    """Delete a channel that no rule names, with its notifications."""
    me = context.of(ctx)
    with me.api() as api:
        found = _find(api, channel)
        api.delete(f"{PATH}/{found['id']}")
    me.show({}, lambda: f"{escape(found['display_name'])} is deleted.")


def _find(api: Api, name_or_id: str) -> Json:
    return find(api, "channel", name_or_id, PATH)


def _templates(subject: str, text: Path | None, html: Path | None) -> Json:
    """Those that are given."""
    files = {"text": text, "html": html}
    read = {name: path.read_text(encoding="utf-8") for name, path in files.items() if path}
    return ({"subject": subject} if subject else {}) | read


def _settings(channel: Json) -> str:
    """All settings in one line."""
    public = [f"{name}={value}" for name, value in channel["settings"].items()]
    return " ".join([*public, *(f"{name}=[hidden]" for name in channel["configured_secrets"])])
