"""Where the API is and which key opens it: options first, then the environment, then the stack of this folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from cli.errors import CliError

DEFAULT_URL = "http://127.0.0.1:8000"
FILE_NAME = "client.json"


@dataclass(frozen=True, slots=True)
class Profile:
    """Address and key of one API; `workspace` is what the key opens, empty if unknown."""

    url: str
    api_key: str
    workspace: str = ""

    def save(self, directory: Path) -> None:
        """Write it for later commands in this folder, readable by its owner only."""
        path = directory / FILE_NAME
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file)


def load(directory: Path) -> Profile | None:
    """The profile that a stack left in its state directory."""
    path = directory / FILE_NAME
    if not path.is_file():
        return None
    try:
        return Profile(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        message = f"{path} cannot be read; delete it and run `dq up` again."
        raise CliError(message) from error


def resolve(url: str, api_key: str, environment: Mapping[str, str], directory: Path) -> Profile:
    """What to call. Raises CliError if no key is to be found anywhere."""
    local = load(directory)
    key = api_key or environment.get("DQ_API_KEY", "") or (local.api_key if local else "")
    place = url or environment.get("DQ_URL", "") or (local.url if local else DEFAULT_URL)
    if not key:
        message = (
            "There is no API key: give --api-key or DQ_API_KEY, or start a stack in this folder with `dq up`.\n"
            "`dq workspace create NAME` makes the first key, where DATABASE_URL and ENCRYPTION_KEY are set."
        )
        raise CliError(message)
    return Profile(place, key)
