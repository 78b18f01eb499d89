"""Ids and other text that a caller sends, before it reaches a statement."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, false

from dq_platform.errors import NotFound


def parse_id(text: str) -> str | None:
    """The id in its canonical form; None for what cannot be one."""
    try:
        return str(uuid.UUID(text)) if len(text) in (32, 36) else None
    except ValueError:
        return None


def existing_id(kind: str, text: str) -> str:
    """The id in its canonical form. Raises NotFound for what cannot be one."""
    canonical = parse_id(text)
    if canonical is None:
        raise NotFound(kind, text)
    return canonical


def parse_ids(texts: Iterable[str]) -> Sequence[str]:
    """Those that can be ids, in their canonical form."""
    return [canonical for canonical in map(parse_id, texts) if canonical is not None]


def has_id(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """The condition that the column holds this id; what cannot be an id is nowhere."""
    canonical = parse_id(text)
    return false() if canonical is None else column == canonical


def storable(text: str) -> str:
    """The text with a replacement for what PostgreSQL cannot hold: what a customer's engine says must not stop us."""
    return text.encode(errors="replace").decode().replace("\x00", "\ufffd")


def group_key(data_group: str) -> str:
    """A short key for a data group, whose text can be longer than an index takes."""
    return str(uuid.UUID(bytes=hashlib.blake2b(data_group.encode(), digest_size=16).digest()))
