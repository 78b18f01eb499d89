"""`dq workspace`, `dq apikey`: who may do what, where."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.markup import escape
from rich.text import Text

from cli import bootstrap, context
from cli.api import Json
from cli.errors import UsageError
from cli.show import grid, moment, word
from dq_platform.models.workspace import Role
from dq_platform.settings import ServerSettings, load

workspaces = typer.Typer(no_args_is_help=True, help="Workspaces: create and list.")
keys = typer.Typer(no_args_is_help=True, help="API keys: create, list, revoke.")

ROLE = typer.Option("--role", help="viewer, operator, editor or admin.")


@workspaces.command("create")
def create_workspace(
    ctx: typer.Context, name: Annotated[str, typer.Argument(help="Lower-case letters, digits, hyphens.")]
) -> None:
    """Create a workspace and its first key, an admin's, directly in the database.

    Needs DATABASE_URL, REDIS_URL and ENCRYPTION_KEY, as the servers have them.
    """
    me = context.of(ctx)
    secret = asyncio.run(bootstrap.first_key(load(ServerSettings), name))
    answer = {"workspace": name, "secret": secret}
    me.show(answer, lambda: f"Workspace [bold]{name}[/] has the admin key, shown this once:\n{secret}")


@workspaces.command("list")
def list_workspaces(ctx: typer.Context) -> None:
    """List the workspaces that the key can see: its own."""
    me = context.of(ctx)
    with me.api() as api:
        found = list(api.all("/workspaces", "workspaces"))
    rows = ((w["name"], w["display_name"], kept(w), moment(w["create_time"]), w["id"]) for w in found)
    me.show(found, lambda: grid(("name", "display name", "keeps results", "created", "id"), rows))


@workspaces.command("update")
def update_workspace(
    ctx: typer.Context,
    keep_results: Annotated[str, typer.Option(help="For how many days results are kept, or 'forever'.")] = "",
    display_name: Annotated[str, typer.Option(help="Name for people.")] = "",
) -> None:
    """Change the workspace of the key. Results older than it keeps them are deleted within about an hour, for good.

    Example: dq workspace update --keep-results 400
    """
    me = context.of(ctx)
    changes: Json = {"result_retention_days": days_of(keep_results)} if keep_results else {}
    changes |= {"display_name": display_name} if display_name else {}
    if not changes:
        message = "Name what to change: --keep-results or --display-name."
        raise UsageError(message)
    body = {name: value for name, value in changes.items() if value is not None}
    with me.api() as api:
        [mine] = api.all("/workspaces", "workspaces")
        found = api.patch(f"/workspaces/{mine['id']}", body, {"update_mask": ",".join(changes)})
    me.show(found, lambda: f"Workspace [bold]{escape(found['name'])}[/] keeps results {kept(found)}.")


@keys.command("create")
def create_key(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Who it is for; it signs what is done with it.")],
    role: Annotated[str, ROLE] = "viewer",
    workspace: Annotated[
        str, typer.Option(help="Make it directly in the database, for this workspace; needs the servers' settings.")
    ] = "",
) -> None:
    """Create a key. It is shown this once.

    Example: dq apikey create airflow --role operator
    """
    me = context.of(ctx)
    if workspace:
        secret = asyncio.run(bootstrap.another_key(load(ServerSettings), workspace, name, role_of(role)))
        answer: Json = {"display_name": name, "secret": secret}
    else:
        with me.api() as api:
            answer = api.post("/api-keys", {"display_name": name, "role": f"ROLE_{role_of(role).name}"})
    me.show(answer, lambda: f"The {role} key for [bold]{escape(name)}[/], shown this once:\n{answer['secret']}")


@keys.command("list")
def list_keys(ctx: typer.Context) -> None:
    """List the keys to the workspace, revoked ones too."""
    me = context.of(ctx)
    with me.api() as api:
        found = list(api.all("/api-keys", "api_keys"))
    rows = (
        (
            k["display_name"],
            word(k["role"], "ROLE_"),
            moment(k["create_time"]),
            moment(k.get("last_used_time")),
            Text(f"revoked {moment(k['revoke_time'])}", "red")
            if k.get("revoke_time")
            else moment(k.get("expire_time")),
            k["id"],
        )
        for k in found
    )
    me.show(found, lambda: grid(("name", "role", "created", "last used", "until", "id"), rows))


@keys.command("revoke")
def revoke_key(ctx: typer.Context, key_id: Annotated[str, typer.Argument(help="Id of the key.")]) -> None:
    """Revoke a key, within 60 seconds everywhere."""
    me = context.of(ctx)
    with me.api() as api:
        key = api.post(f"/api-keys/{key_id}/revoke")
    me.show(key, lambda: f"[bold]{escape(key['display_name'])}[/] is revoked.")


def role_of(name: str) -> Role:
    """The role by its name. Raises UsageError, which lists them."""
    try:
        return Role[name.upper()]
    except KeyError as error:
        message = f"--role is one of {', '.join(role.name.lower() for role in Role)}; got {name!r}."
        raise UsageError(message) from error


def days_of(text: str) -> int | None:
    """A number of days, None for 'forever'. Raises UsageError."""
    if text == "forever":
        return None
    if not text.isascii() or not text.isdigit():
        message = f"--keep-results is a number of days or 'forever'; got {text!r}."
        raise UsageError(message)
    return int(text)


def kept(workspace: Json) -> str:
    days = workspace.get("result_retention_days")
    return "forever" if days is None else f"for {days} days"
