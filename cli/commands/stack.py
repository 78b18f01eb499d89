"""`dq up`, `dq demo`, `dq migrate`: the whole platform on this machine."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli import context, profile
from cli.api import Api
from cli.bootstrap import first_key
from cli.demo.run import demonstrate, next_commands
from cli.profile import Profile
from dq_platform.adapters.sql.migrate import upgrade
from dq_platform.settings import ServerSettings, StoreSettings, load
from local.settings import Ports
from local.stack import Stack, StackOptions

WORKSPACE = "main"


def up(
    ctx: typer.Context,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many worker processes.")] = 1,
) -> None:
    """Start everything on this machine without Docker and keep it running until Ctrl-C.

    State is kept in the folder .dq; the first start makes a workspace and a key there, so that `dq` commands given
    in this folder work at once.
    """
    me = context.of(ctx)
    with Stack(StackOptions(directory=me.directory, workers=workers), me.console) as stack:
        mine = _enter(stack, me.directory)
        _say_where(stack, mine, me.console)
        stack.wait()


def demo(
    ctx: typer.Context,
    keep: Annotated[bool, typer.Option("--keep", help="Keep everything running afterwards, until Ctrl-C.")] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many worker processes.")] = 2,
) -> None:
    """See real checks run through the whole platform on a sample shop with planted faults.

    It works in a folder of its own, beside nothing of yours, and removes it at the end; with --keep it works in .dq and
    stays until Ctrl-C.
    """
    me = context.of(ctx)
    directory = me.directory if keep else _own_folder()
    try:
        # What nobody comes back to takes any ports, so that it is in nobody's way.
        ports = Ports() if keep else Ports.free()
        options = StackOptions(directory, workers=workers, ports=ports, durable=keep)
        with Stack(options, me.console) as stack:
            mine = _enter(stack, directory)
            with Api(mine.url, mine.api_key) as api:
                demonstrate(stack, api, me.console)
            if keep:
                next_commands(me.console, mine.url)
                _say_where(stack, mine, me.console)
                stack.wait()
            else:
                me.console.print("To keep it running and look around: [bold]make demo ARGS=--keep[/]")
    finally:
        if not keep:
            shutil.rmtree(directory, ignore_errors=True)


def migrate() -> None:
    """Bring the database that DATABASE_URL names to the newest schema; safe to run twice, and at once."""
    upgrade(load(StoreSettings).database_url.get_secret_value())


def _enter(stack: Stack, directory: Path) -> Profile:
    """The profile of the stack's own workspace, made on the first start."""
    known = profile.load(directory)
    settings = ServerSettings.model_validate(stack.environment())
    key = known.api_key if known else asyncio.run(first_key(settings, WORKSPACE))
    mine = Profile(stack.gateway_url, key, WORKSPACE)
    mine.save(directory)
    return mine


def _own_folder() -> Path:
    """A new folder that the account of PostgreSQL can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="dq-demo-"))
    folder.chmod(0o711)
    return folder


def _say_where(stack: Stack, mine: Profile, console: Console) -> None:
    for name, address in stack.addresses().items():
        console.print(f"  {name:<20}{address}")
    console.print(f"  {'API key':<20}{mine.api_key}")
    console.print("Ctrl-C stops everything.")
