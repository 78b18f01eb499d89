from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from dq_platform.checks.registry import Registry, UnknownName
from dq_platform.errors import NotFound


@dataclass(frozen=True)
class Entry:
    name: str


def test_entries_are_read_once_and_on_first_use() -> None:
    reads = []

    def load() -> Iterator[Entry]:
        reads.append(1)
        yield Entry("b")
        yield Entry("a")

    registry = Registry("thing", load, Entry)
    assert reads == []
    assert [entry.name for entry in registry.items()] == ["a", "b"]
    assert registry.get("a") == Entry("a")
    assert reads == [1]


def test_an_unknown_name_is_not_found_and_the_nearest_is_suggested() -> None:
    registry = Registry("check type", lambda: [Entry("nulls_percent")], Entry)
    with pytest.raises(UnknownName, match="no check type 'null_percent'; did you mean 'nulls_percent'") as caught:
        registry.get("null_percent")
    assert isinstance(caught.value, NotFound)
    assert caught.value.reason == "CHECK_TYPE_NOT_FOUND"
    assert registry.find("null_percent") is None


def test_a_plug_ins_entry_stands_beside_the_others() -> None:
    registry = Registry("thing", lambda: [Entry("a")], Entry)
    registry.register(Entry("b"))
    assert [entry.name for entry in registry.items()] == ["a", "b"]


def test_a_name_is_taken_once() -> None:
    registry = Registry("thing", lambda: [Entry("a")], Entry)
    with pytest.raises(ValueError, match="exists already"):
        registry.register(Entry("a"))
    with pytest.raises(ValueError, match="declared twice"):
        Registry("thing", lambda: [Entry("a"), Entry("a")], Entry).items()
