"""The verbs of `dq`, each imported when it is called for.

Some need the stores' libraries, which take seconds to import; a client of the API shall not wait for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

import typer
from typer.core import TyperCommand, TyperGroup

PLACES = {
    "up": "cli.commands.stack:up",
    "demo": "cli.commands.stack:demo",
    "migrate": "cli.commands.stack:migrate",
    "results": "cli.commands.look:results",
    "summary": "cli.commands.look:summary",
    "costs": "cli.commands.costs:costs",
    "samples": "cli.commands.samples:samples",
    "incidents": "cli.commands.look:incidents",
    "incident": "cli.commands.incident:app",
    "maintenance": "cli.commands.maintenance:app",
    "channels": "cli.commands.channels:app",
    "notifications": "cli.commands.notifications:app",
    "plan": "cli.commands.plan:plan",
    "jobs": "cli.commands.look:jobs",
    "queue": "cli.commands.queue:queue",
    "connection": "cli.commands.connection:app",
    "check": "cli.commands.check:app",
    "schedule": "cli.commands.schedule:app",
    "workspace": "cli.commands.access:workspaces",
    "apikey": "cli.commands.access:keys",
}
"""Verb -> module and name of a function, or of a group of commands."""


class Verbs(TyperGroup):
    """The group of all verbs."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002
        return list(PLACES)

    def get_command(  # type: ignore[override]
        self,
        ctx: typer.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> TyperCommand | TyperGroup | None:
        return load(cmd_name) if cmd_name in PLACES else None


def load(verb: str) -> TyperCommand | TyperGroup:
    """The verb, ready to be called."""
    module, _, name = PLACES[verb].partition(":")
    found = getattr(import_module(module), name)
    holder = typer.Typer()
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=verb)
    else:
        holder.command(verb)(found)
    return cast("TyperCommand | TyperGroup", typer.main.get_group(holder).commands[verb])
