"""The update mask that a PATCH body implies: the leaves it names, in proto names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.body import join
from gateway.plans import MessagePlan

_PATH_PART = re.compile(r"[A-Za-z0-9_-]+")
_STRUCT = "google.protobuf.Struct"


def implied_paths(plan: MessagePlan, tree: dict[str, object], path: str = "") -> Iterator[str]:
    """Paths of the leaves of a JSON object.

    Lists, maps, `Any` and empty objects end at their field; a Struct goes on into its keys, so that one free
    parameter can be changed without repeating the others. Unknown names are skipped.
    """
    for key, value in tree.items():
        member = plan.fields.get(key)
        if member is None:
            continue
        inner = join(path, member.name)
        if not isinstance(value, dict) or not value or member.repeated:
            yield inner
        elif member.codec is None:
            yield from implied_paths(member.message, value, inner)
        elif member.holds(_STRUCT):
            yield from _keys(value, inner)
        else:
            yield inner


def _keys(tree: dict[str, object], path: str) -> Iterator[str]:
    """Paths of the leaves of a free object; it stays whole when a key cannot stand in a path."""
    if not all(_PATH_PART.fullmatch(key) for key in tree):
        yield path
        return
    for key, value in tree.items():
        inner = join(path, key)
        if isinstance(value, dict) and value:
            yield from _keys(value, inner)
        else:
            yield inner
