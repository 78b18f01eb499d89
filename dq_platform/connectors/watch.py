"""Whoever wants to know what is asked of a source, and how long it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from dq_platform.models.connection import Connection


@dataclass(slots=True)
class Question:
    """Something asked of a source; `rows` is how many the answer has, 0 as long as there is none."""

    rows: int = 0


class Watch(Protocol):
    """Watches one source."""

    def lending(self) -> AbstractContextManager[None]:
        """While the block runs, a session is in use."""

    def asking(self) -> AbstractContextManager[Question]:
        """The block asks the source, and says how many rows the answer has; SourceError leaves it as it is."""


class Unwatched:
    """Nobody wants to know."""

    @contextmanager
    def lending(self) -> Iterator[None]:
        yield

    @contextmanager
    def asking(self) -> Iterator[Question]:
        yield Question()


WatchOf = Callable[[Connection], Watch]


def unwatched(_connection: Connection) -> Watch:
    """Nobody wants to know of any source."""
    return Unwatched()
