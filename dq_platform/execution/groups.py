"""How a data group is written: the same text whichever engine or driver its values came from."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from dq_platform.checks import moments
from dq_platform.models.check import GroupBy


def group_key(levels: Sequence[GroupBy], texts: Sequence[str | None]) -> str:
    """The group as a compact JSON array with a text or null for each level, tags included; empty without levels.

    `texts` are those of the levels that are columns, in order.
    """
    if not levels:
        return ""
    columns = iter(texts)
    values = [next(columns) if level.column else level.tag for level in levels]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def text_of(value: object) -> str | None:
    """A grouping column's value in one spelling: ISO 8601 for dates, instants in UTC, decimals without idle zeros."""
    if value is None or isinstance(value, str):
        return value
    for kind, spell in _SPELLINGS:
        if isinstance(value, kind):
            return spell(value)
    return str(value)


def _instant(value: datetime) -> str:
    return (moments.instant(value) if value.tzinfo else value).isoformat()


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decoded(value: bytes) -> str:
    r"""Texts that the engine compares as bytes come back as text, other bytes as `\x` and hexadecimal digits."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return rf"\x{value.hex()}"


def _document(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


_SPELLINGS: tuple[tuple[tuple[type, ...], Callable[[Any], str]], ...] = (
    ((bool,), lambda value: "true" if value else "false"),
    ((datetime,), _instant),
    ((date, time), lambda value: value.isoformat()),
    ((Decimal,), _plain),
    ((bytes, bytearray, memoryview), lambda value: _decoded(bytes(value))),
    ((dict, list), _document),
)
"""By type, the narrower ones first: a datetime is a date too."""
