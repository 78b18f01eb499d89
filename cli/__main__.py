"""The `dq` command."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from cli.context import Context
from cli.errors import CliError, Exit
from cli.verbs import Verbs
from dq_platform.errors import DomainError
from dq_platform.settings import SettingsError
from local.errors import LocalError


def make_app() -> typer.Typer:
    """The command with all its verbs."""
    app = typer.Typer(cls=Verbs, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode="rich")
    app.callback()(root)
    return app


def root(
    ctx: typer.Context,
    url: Annotated[str, typer.Option(help="Where the API is; DQ_URL says the same.")] = "",
    api_key: Annotated[str, typer.Option(help="The key; DQ_API_KEY says the same and shows in no process list.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines.")] = False,
    directory: Annotated[Path, typer.Option("--dir", help="State of the stack on this machine.")] = Path(".dq"),
) -> None:
    """Watch tables: complete, fresh, valid, unique and unchanged, or hear of it first.

    Exit codes: 0 passed, 1 a check failed, 2 wrong call, 3 something did not work.
    """
    ctx.obj = Context(Console(), url, api_key, as_json, directory)


def main() -> None:
    """Run the command; every known error becomes a message and an exit code."""
    # Processes of a stack are started by fork: gRPC's own handlers for that would wake its threads in the child.
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
    errors = Console(stderr=True)
    try:
        make_app()()
    except CliError as error:
        errors.print(f"[red]{escape(error.message)}[/]")
        sys.exit(error.code)
    except (LocalError, DomainError, SettingsError) as error:
        errors.print(f"[red]{escape(str(error))}[/]")
        sys.exit(Exit.SYSTEM)


if __name__ == "__main__":
    main()
