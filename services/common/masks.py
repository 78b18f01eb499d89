"""What an update changes: the fields that its mask names, or those that the request sets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from google.api import field_behavior_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct

from dq_platform.errors import Invalid, Violation
from services.common import shape

EVERYTHING = "*"
ETAG = "etag"
# What a path can name; other keys of free JSON are changed by naming the whole.
PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")

M = TypeVar("M", bound=Message)
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Update(Generic[M]):
    """The resource as it would be, the names of the fields that the update speaks of, and the etag to insist on."""

    resource: M
    names: frozenset[str]
    etag: str


def update(current: M, wanted: M, mask: FieldMask, path: str) -> Update[M]:
    """What the request makes of the resource; `path` is the resource's name in the request, for violations.

    Paths lead into messages and free JSON (`thresholds.error.max_percent`), not into lists and maps. What only the
    server sets is ignored. Raises Invalid for unknown paths, for immutable fields that would change and for required
    ones that would be empty.
    """
    paths = _paths(current, wanted, mask)
    outcome = type(current)()
    outcome.CopyFrom(current)
    for named in paths:
        _copy(wanted, outcome, named)
    names = frozenset(named[0] for named in paths)
    _refuse_immutable(current, outcome, names, path)
    shape.check_resource(outcome, path)
    # Parts of a field are merged into what was read, so that reading must still be the newest.
    partial = any(len(named) > 1 for named in paths)
    etag = str(getattr(wanted, ETAG, "")) or (str(getattr(current, ETAG, "")) if partial else "")
    return Update(outcome, names, etag)


def _paths(current: Message, wanted: Message, mask: FieldMask) -> list[Path]:
    if EVERYTHING in mask.paths:
        return [(field.name,) for field in _descriptor(current).fields if _replaceable(field, wanted)]
    named = [tuple(text.split(".")) for text in mask.paths] or list(_set_in(wanted))
    unknown = [path for path in named if not _leads_somewhere(_descriptor(current), path)]
    if unknown:
        allowed = ", ".join(field.name for field in _descriptor(current).fields if _changeable(field))
        raise Invalid([_unknown(path, allowed) for path in unknown])
    return [path for path in named if _changeable(_descriptor(current).fields_by_name[path[0]])]


def _unknown(path: Path, allowed: str) -> Violation:
    text = ".".join(path)[:200]
    return Violation("update_mask", f"has no field {text!r}; it may name {allowed}", "UNKNOWN_FIELD")


def _set_in(message: Message, prefix: Path = ()) -> Iterator[Path]:
    """Paths of the innermost fields that the message sets."""
    for field, value in message.ListFields():
        path = (*prefix, field.name)
        if isinstance(value, Struct):
            yield from _keys(value, path)
        elif isinstance(value, Message) and not _is_leaf(field) and value.ListFields():
            yield from _set_in(value, path)
        else:
            yield path


def _keys(struct: Struct, prefix: Path) -> Iterator[Path]:
    if not struct.fields or not all(PLAIN_KEY.fullmatch(key) for key in struct.fields):
        yield prefix
        return
    for key, value in struct.fields.items():
        if value.WhichOneof("kind") == "struct_value" and value.struct_value.fields:
            yield from _keys(value.struct_value, (*prefix, key))
        else:
            yield (*prefix, key)


def _leads_somewhere(descriptor: Descriptor, path: Path) -> bool:
    name, *rest = path
    field = descriptor.fields_by_name.get(name)
    if field is None:
        return False
    if not rest:
        return True
    inner = field.message_type
    if inner is not None and inner.full_name == Struct.DESCRIPTOR.full_name:
        return all(rest)
    return inner is not None and not _is_leaf(field) and _leads_somewhere(inner, tuple(rest))


def _is_leaf(field: FieldDescriptor) -> bool:
    """Whether paths end here: lists, maps, scalars and the messages that are values, such as a moment."""
    inner = field.message_type
    return inner is None or field.is_repeated or inner.full_name.startswith("google.protobuf.")


def _changeable(field: FieldDescriptor) -> bool:
    return field.name != ETAG and not shape.is_output_only(field)


def _replaceable(field: FieldDescriptor, wanted: Message) -> bool:
    """Whether replacing everything replaces this: what cannot change need not be repeated."""
    return _changeable(field) and (not _is_immutable(field) or field in dict(wanted.ListFields()))


def _is_immutable(field: FieldDescriptor) -> bool:
    return field_behavior_pb2.IMMUTABLE in shape.behaviors(field)


def _refuse_immutable(current: Message, outcome: Message, names: frozenset[str], path: str) -> None:
    violations = [
        Violation(f"{path}.{field.name}", "cannot be changed", "IMMUTABLE")
        for field in _descriptor(current).fields
        if field.name in names and _is_immutable(field) and _value(current, field) != _value(outcome, field)
    ]
    if violations:
        raise Invalid(violations)


def _value(message: Message, field: FieldDescriptor) -> object:
    return dict(message.ListFields()).get(field)


def _copy(source: Message, target: Message, path: Sequence[str]) -> None:
    """Make what the path names in `target` what it is in `source`, absence included."""
    name, *rest = path
    if isinstance(source, Struct):
        _copy_key(source, cast("Struct", target), path)
    elif rest:
        _copy(getattr(source, name), getattr(target, name), rest)
    else:
        only = type(source)()
        only.CopyFrom(source)
        for field, _ in source.ListFields():
            if field.name != name:
                only.ClearField(field.name)
        target.ClearField(name)
        target.MergeFrom(only)


def _copy_key(source: Struct, target: Struct, path: Sequence[str]) -> None:
    key, *rest = path
    if key not in source.fields:
        target.fields.pop(key, None)
    elif rest and source.fields[key].WhichOneof("kind") == "struct_value":
        _copy_key(source.fields[key].struct_value, target.fields[key].struct_value, rest)
    else:
        target.fields[key].CopyFrom(source.fields[key])


def _descriptor(message: Message) -> Descriptor:
    return cast("Descriptor", message.DESCRIPTOR)
