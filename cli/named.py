"""Things of the API by the name that people gave them, or by id."""

from __future__ import annotations

from cli.api import Api, Json
from cli.errors import UsageError


def find(api: Api, kind: str, name_or_id: str, path: str = "") -> Json:
    """The `connection` or `schedule`, say, with this name or id; `path` is where the API lists them, if not there.

    Raises UsageError if there is none, or several share it.
    """
    every = list(api.all(path or f"/{kind}s", f"{kind}s"))
    found = [one for one in every if name_or_id in (one["id"], one["display_name"])]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(one["id"] for one in found)
        message = f"{len(found)} {kind}s are named {name_or_id!r}; use the id: {ids}."
        raise UsageError(message)
    names = ", ".join(sorted(one["display_name"] for one in every)) or "none yet"
    message = f"There is no {kind} {name_or_id!r}. There are: {names}."
    raise UsageError(message)
