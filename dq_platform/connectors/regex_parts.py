"""A POSIX regular expression as several shorter ones, for engines that take none that is long."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

_MARK = re.compile(r"\\.|\[\^?\]?(?:\[:\w+:\]|[^\]])*\]|[*+?]|\{[0-9,]+\}|.", re.DOTALL)
"""An escape, a bracket expression, a quantifier, or any other character."""
_MOST_PARTS = 64


@dataclass(frozen=True, slots=True)
class _Group:
    """A group that stands once in a pattern, or once at most, and what is before and after it."""

    before: str
    inside: str
    after: str
    optional: bool


def split_pattern(pattern: str, limit: int) -> list[str]:
    """Patterns of at most `limit` bytes: a text has a match of one of them exactly if it has one of `pattern`.

    A pattern without alternatives to part, or with too many, comes back as it is. It must not have back references.
    """
    parts = list(islice(_parts(pattern, limit), _MOST_PARTS + 1))
    return parts if len(parts) <= _MOST_PARTS else [pattern]


def _parts(pattern: str, limit: int) -> Iterator[str]:
    if len(pattern.encode()) <= limit:
        yield pattern
        return
    alternatives = _alternatives(pattern)
    group = max(_groups(pattern), key=lambda found: len(found.inside), default=None)
    if len(alternatives) > 1:
        pieces: Iterable[str] = _packs(alternatives, limit)
    elif group is None:
        yield pattern
        return
    elif group.optional:
        pieces = [f"{group.before}({group.inside}){group.after}", group.before + group.after]
    else:
        room = limit - len(f"{group.before}(){group.after}".encode())
        packs = _packs(_alternatives(group.inside), room)
        pieces = [f"{group.before}{_grouped(pack)}{group.after}" for pack in packs]
    for piece in pieces:
        yield from _parts(piece, limit)


def _grouped(pack: str) -> str:
    return f"({pack})" if len(_alternatives(pack)) > 1 else pack


def _packs(alternatives: list[str], room: int) -> list[str]:
    """The alternatives in order, as many together as fit; one that does not fit stands alone."""
    packs = [alternatives[0]]
    for alternative in alternatives[1:]:
        longer = f"{packs[-1]}|{alternative}"
        if len(longer.encode()) <= room:
            packs[-1] = longer
        else:
            packs.append(alternative)
    return packs


def _alternatives(pattern: str) -> list[str]:
    """What stands between the bars that are in no group."""
    found, depth = [""], 0
    for mark in _MARK.findall(pattern):
        depth += (mark == "(") - (mark == ")")
        if mark == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += mark
    return found


def _groups(pattern: str) -> Iterator[_Group]:
    """The groups that are in no other and are not repeated."""
    marks = _MARK.findall(pattern)
    depth = start = 0
    for place, mark in enumerate(marks):
        if mark == "(":
            start = place if depth == 0 else start
            depth += 1
        elif mark == ")":
            depth -= 1
            following = marks[place + 1] if place + 1 < len(marks) else ""
            if depth == 0 and following not in ("*", "+") and following[:1] != "{":
                optional = following == "?"
                rest = marks[place + 1 + optional :]
                yield _Group("".join(marks[:start]), "".join(marks[start + 1 : place]), "".join(rest), optional)
