"""Open vocabularies: names that the product knows and that plug-ins add to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Generic, Protocol, TypeVar

from dq_platform.errors import NotFound
from dq_platform.spelling import did_you_mean


class Named(Protocol):
    """Anything with a name that is unique in its registry."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)

_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


class UnknownName(NotFound):
    """No entry of this name; the message names those that look like it."""

    def __init__(self, kind: str, name: str, hint: str) -> None:
        super().__init__(kind, name)
        self.message = f"There is no {kind} {name!r}{hint or '.'}"
        self.args = (self.message,)


class Registry(Generic[T]):
    """Entries by name. What comes with the product is read on first use, once; plug-ins register theirs."""

    def __init__(
        self,
        kind: str,
        load: Callable[[], Iterable[T]],
        entry_type: type[T],
        complete: Callable[[T], T] = lambda entry: entry,
    ) -> None:
        """`complete` returns a registered entry as it is kept, or raises ValueError that says what is wrong with it."""
        self.kind = kind
        self._load = load
        self._entry_type = entry_type
        self._complete = complete
        self._built_in: dict[str, T] | None = None
        self._registered: dict[str, T] = {}

    def register(self, entry: T) -> None:
        """Add a plug-in's entry. Raises ValueError if the name is taken or the entry is not one that can be used."""
        if not isinstance(entry, self._entry_type):
            message = f"a {self.kind} must be a {self._entry_type.__name__}, not {entry!r}"
            raise ValueError(message)
        if not _NAME.fullmatch(entry.name):
            message = f"the {self.kind} {entry.name!r} must be named by small letters, digits and underscores"
            raise ValueError(message)
        if entry.name in self._all():
            message = f"the {self.kind} {entry.name!r} exists already"
            raise ValueError(message)
        self._registered[entry.name] = self._complete(entry)

    def find(self, name: str) -> T | None:
        entry = self._own().get(name)
        return self._registered.get(name) if entry is None else entry

    def get(self, name: str) -> T:
        """The entry. Raises UnknownName, whose message suggests the nearest names."""
        entry = self.find(name)
        if entry is None:
            raise UnknownName(self.kind, name, self.hint(name))
        return entry

    def hint(self, name: str) -> str:
        return did_you_mean(name, self._all())

    def items(self) -> list[T]:
        """All entries, by name."""
        entries = self._all()
        return [entries[name] for name in sorted(entries)]

    def _all(self) -> dict[str, T]:
        return self._own() | self._registered

    def _own(self) -> dict[str, T]:
        if self._built_in is None:
            self._built_in = self._unique(self._load())
        return self._built_in

    def _unique(self, entries: Iterable[T]) -> dict[str, T]:
        found: dict[str, T] = {}
        for entry in entries:
            if entry.name in found:
                message = f"the {self.kind} {entry.name!r} is declared twice"
                raise ValueError(message)
            found[entry.name] = entry
        return found
