"""Reads a query string into a message: `a.b=1`, `tags=x&tags=y`, `labels[team]=core`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from google.protobuf.message import Message

from gateway.body import assign, join, printable
from gateway.errors import Violation
from gateway.plans import FieldPlan, MessagePlan
from gateway.scalars import Reject, suggest

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_KEY = re.compile(r"([^\[\]]+)(?:\[([^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class _Target:
    """Where one query key leads."""

    holder: Message
    member: FieldPlan
    path: str


class _Ignored(Exception):
    """The key names a field that the path or the body binds."""


@dataclass(slots=True)
class QueryReader:
    """Sets fields from query pairs; keys of `bound` fields, and below them, are ignored."""

    plan: MessagePlan
    bound: Set[str]
    lenient: bool
    violations: list[Violation]
    _seen: set[str] = field(default_factory=set)

    def read(self, query: bytes, message: Message) -> None:
        """Sets in `message` what the query says."""
        for key, value in self._pairs(query):
            shape = _KEY.fullmatch(key)
            try:
                target = self._find(message, shape[1] if shape else key)
                if target is not None:
                    self._set(target, shape[2] if shape else None, value)
            except Reject as reason:
                self._report(key, str(reason))
            except _Ignored:
                continue

    def refuse(self, query: bytes) -> None:
        """Reports every key, for a method whose body is the whole request."""
        if self.lenient:
            return
        for key, _ in self._pairs(query):
            self._report(key, "this method takes its fields from the body and reads nothing from the query")

    def _find(self, message: Message, dotted: str) -> _Target | None:
        plan, holder, path = self.plan, message, ""
        names = dotted.split(".")
        for index, name in enumerate(names):
            member = plan.fields.get(name)
            if member is None:
                if not self.lenient:
                    self._report(dotted, f"unknown parameter; {suggest(name[:64], plan.names)}")
                return None
            path = join(path, member.name)
            if path in self.bound:
                raise _Ignored
            if index == len(names) - 1:
                return _Target(holder, member, path)
            if member.repeated or member.codec:
                kind = "repeated" if member.repeated else "not a message"
                raise Reject(f"{path} is {kind} and has no fields to set")
            self._check_oneof(holder, member)
            plan, holder = member.message, getattr(holder, member.name)
        return None

    def _set(self, target: _Target, map_key: str | None, text: str) -> None:
        member = target.member
        if member.map_key or map_key is not None:
            self._set_entry(target, map_key, text)
            return
        if member.codec is None:
            raise Reject("is a message; set its fields as " + member.name + ".<field>")
        if not member.repeated:
            self._once(target.path)
            self._check_oneof(target.holder, member)
        assign(member, target.holder, member.codec.from_text(text))

    def _set_entry(self, target: _Target, map_key: str | None, text: str) -> None:
        member = target.member
        if member.map_key is None:
            raise Reject("is not a map")
        if map_key is None:
            raise Reject(f"is a map; write {member.name}[key]=value")
        if member.codec is None:
            raise Reject("is a map of messages, which a query cannot hold")
        self._once(f"{target.path}[{map_key}]")
        key, value = member.map_key.from_text(map_key), member.codec.from_text(text)
        entries = getattr(target.holder, member.name)
        if member.is_message:
            entries[key].CopyFrom(value)
        else:
            entries[key] = value

    def _once(self, path: str) -> None:
        if path in self._seen:
            raise Reject("too many values: it is not repeated")
        self._seen.add(path)

    @staticmethod
    def _check_oneof(holder: Message, member: FieldPlan) -> None:
        if member.oneof and holder.WhichOneof(member.oneof) not in {None, member.name}:
            raise Reject(f"another field of {member.oneof!r} is already set")

    def _pairs(self, query: bytes) -> Iterator[tuple[str, str]]:
        for pair in query.split(b"&"):
            if not pair:
                continue
            raw_key, _, raw_value = pair.partition(b"=")
            try:
                key = _decode(raw_key)
            except Reject as reason:
                self._report(raw_key.decode("ascii", "replace"), str(reason))
                continue
            try:
                yield key, _decode(raw_value)
            except Reject as reason:
                self._report(key, str(reason))

    def _report(self, key: str, description: str) -> None:
        self.violations.append(Violation(printable(key[:128]), printable(description)))


def _decode(raw: bytes) -> str:
    text = raw.decode("latin-1")
    bad = _BAD_ESCAPE.search(text)
    if bad:
        raise Reject(f"bad percent escape {text[bad.start() : bad.start() + 3]!r}")
    try:
        return unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Reject("is not UTF-8 when decoded") from error
