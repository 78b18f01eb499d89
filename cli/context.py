"""What every command can reach."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console, RenderableType

from cli.api import Api, Json
from cli.profile import Profile, resolve


@dataclass(frozen=True, slots=True)
class Context:
    """The console that prints for eyes, how to reach the API, and whether output is for machines."""

    console: Console
    url: str
    api_key: str
    as_json: bool
    directory: Path

    def profile(self) -> Profile:
        return resolve(self.url, self.api_key, os.environ, self.directory)

    def api(self) -> Api:
        """A client; raises CliError without a key."""
        profile = self.profile()
        return Api(profile.url, profile.api_key, os.environ.get("API_KEY_HEADER", "X-API-Key"))

    def show(self, data: Json | list[Json], table: Callable[[], RenderableType]) -> None:
        """Print `data` as JSON for machines or `table()` for eyes."""
        if self.as_json:
            self.console.out(json.dumps(data, indent=2, ensure_ascii=False), highlight=False)
        else:
            self.console.print(table())


def of(ctx: typer.Context) -> Context:
    """The context that the root command made."""
    found = ctx.find_object(Context)
    assert found is not None, "the root command puts it there"  # noqa: S101
    return found
