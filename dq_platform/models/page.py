"""Lists in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """At most `size` items that come after the item whose sort key is `after` (empty: from the start)."""

    size: int = 50
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items and the sort key of the last one if more follow (empty at the end)."""

    items: Sequence[T]
    next_after: tuple[str, ...] = ()
