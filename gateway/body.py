"""Fills a message from a JSON value and reports every fault at once, each with the path of its field.

Stricter than `json_format`: unknown names, one field under two names, unknown enum numbers and two members of a
oneof are violations.
"""

# ruff: noqa: ANN401  (repeated and map containers have no common public type)
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import Message

from gateway.errors import Violation
from gateway.plans import FieldPlan, MessagePlan
from gateway.scalars import Codec, Reject, describe, suggest
from gateway.wellknown import MAX_DEPTH, NotJson, Twice

_ABSENT = object()


@dataclass(slots=True)
class Filler:
    """Collects violations while it fills; `lenient` skips unknown names instead of refusing them."""

    lenient: bool
    violations: list[Violation] = field(default_factory=list)

    def message(self, plan: MessagePlan, target: Message, tree: object, path: str, depth: int = 0) -> None:
        """Sets in `target` the fields that the JSON object `tree` names."""
        if not isinstance(tree, dict):
            return self._report(path, f"must be an object, not {describe(tree)}")
        if depth > MAX_DEPTH:
            return self._report(path, f"is nested deeper than {MAX_DEPTH} levels")
        for member, value, inner in self.members(plan, tree, path):
            if value is None and not member.takes_null:
                continue
            if member.oneof and target.WhichOneof(member.oneof) not in {None, member.name}:
                self._report(inner, f"only one field of {member.oneof!r} may be set")
                continue
            self.set(member, target, value, inner, depth)
        return None

    def members(self, plan: MessagePlan, tree: dict[str, object], path: str) -> Iterator[tuple[FieldPlan, object, str]]:
        """Known members of a JSON object with their value and path; the rest become violations."""
        self._report_twice(tree, path)
        seen: set[str] = set()
        for key, value in tree.items():
            member = plan.fields.get(key)
            if member is None:
                if not self.lenient:
                    self._report(join(path, key[:64]), f"unknown field; {suggest(key[:64], plan.names)}")
                continue
            inner = join(path, member.name)
            if member.name in seen:
                self._report(inner, "is given twice, under two spellings")
                continue
            seen.add(member.name)
            yield member, value, inner

    def set(self, member: FieldPlan, target: Message, value: object, path: str, depth: int = 0) -> None:
        """Sets one field from its JSON value."""
        if member.map_key:
            self._map(member, member.map_key, getattr(target, member.name), value, path, depth)
        elif member.repeated:
            self._list(member, getattr(target, member.name), value, path, depth)
        elif member.codec:
            converted = self._convert(member.codec, value, path)
            if converted is not _ABSENT:
                assign(member, target, converted)
        else:
            child = getattr(target, member.name)
            child.SetInParent()
            self.message(member.message, child, value, path, depth + 1)

    def _list(self, member: FieldPlan, items: Any, value: object, path: str, depth: int) -> None:
        if not isinstance(value, list):
            return self._report(path, f"must be a list, not {describe(value)}")
        for index, item in enumerate(value):
            inner = f"{path}[{index}]"
            if member.codec:
                converted = self._convert(member.codec, item, inner)
                if converted is not _ABSENT:
                    items.append(converted)
            else:
                self.message(member.message, items.add(), item, inner, depth + 1)
        return None

    def _map(self, member: FieldPlan, keys: Codec, entries: Any, value: object, path: str, depth: int) -> None:
        if not isinstance(value, dict):
            return self._report(path, f"must be an object, not {describe(value)}")
        self._report_twice(value, path)
        for text, item in value.items():
            inner = f"{path}[{text[:64]}]"
            key = self._map_key(keys, text, inner)
            if key is _ABSENT:
                continue
            if member.codec is None:
                self.message(member.message, entries[key], item, inner, depth + 1)
                continue
            converted = self._convert(member.codec, item, inner)
            if converted is _ABSENT:
                continue
            if member.is_message:
                entries[key].CopyFrom(converted)
            else:
                entries[key] = converted
        return None

    def _map_key(self, keys: Codec, text: str, path: str) -> object:
        try:
            text.encode("utf-8")
            return keys.from_text(text)
        except UnicodeEncodeError:
            self._report(path.encode("ascii", "replace").decode(), "the key is not valid Unicode")
        except Reject as reason:
            self._report(path, f"the key {reason}")
        return _ABSENT

    def _convert(self, codec: Codec, value: object, path: str) -> object:
        if isinstance(value, NotJson):
            self._report(path, "must be JSON; NaN and Infinity are not, quote them")
            return _ABSENT
        try:
            return codec.from_json(value)
        except Reject as reason:
            self._report(path, str(reason))
            return _ABSENT

    def _report_twice(self, tree: dict[str, object], path: str) -> None:
        if isinstance(tree, Twice):
            self._report(join(path, tree.key[:64]), "is given twice")

    def _report(self, path: str, description: str) -> None:
        self.violations.append(Violation(printable(path), printable(description)))


def assign(member: FieldPlan, target: Message, value: Any) -> None:
    """Sets a field to a converted value, or appends it when the field is repeated."""
    if member.repeated:
        getattr(target, member.name).append(value)
    elif member.is_message:
        getattr(target, member.name).CopyFrom(value)
    else:
        setattr(target, member.name, value)


def join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def printable(text: str) -> str:
    """The text with anything that UTF-8 cannot hold replaced, so that it can stand in a message."""
    return text.encode("utf-8", "replace").decode("utf-8")
