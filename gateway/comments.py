"""Comments of the proto files, from a descriptor image: descriptors that are linked in have none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    ServiceDescriptorProto,
)

_EXAMPLE = re.compile(r"\bExamples?: `([^`]*)`((?:(?:,| or| and)+ `[^`]*`)*)")
_QUOTED = re.compile(r"`([^`]*)`")

Path = tuple[int, ...]


def read_comments(image: bytes) -> Mapping[str, str]:
    """Leading comments by full name (`dq.v1.Check.id`), for a serialised FileDescriptorSet with source info."""
    comments: dict[str, str] = {}
    for file in FileDescriptorSet.FromString(image).file:
        texts = {tuple(item.path): _flow(item.leading_comments) for item in file.source_code_info.location}
        for path, name in _names(file):
            if texts.get(path):
                comments[name] = texts[path]
    return comments


def examples(comment: str, *, text: bool) -> list[object]:
    """Values that a comment gives after "Example:", in backticks; parsed as JSON unless the field is a `text`."""
    found: list[object] = []
    for first, more in _EXAMPLE.findall(comment):
        literals = (first, *_QUOTED.findall(more))
        found += [literal.strip('"') if text else _parsed(literal) for literal in literals]
    return found


def _parsed(literal: str) -> object:
    try:
        return json.loads(literal)
    except json.JSONDecodeError:
        return literal


def _flow(comment: str) -> str:
    """Lines joined to paragraphs, which a blank line parts."""
    paragraphs = re.split(r"\n\s*\n", comment.strip())
    return "\n\n".join(" ".join(line.strip() for line in paragraph.splitlines()) for paragraph in paragraphs)


def _names(file: FileDescriptorProto) -> Iterator[tuple[Path, str]]:
    prefix = f"{file.package}." if file.package else ""
    for index, message in enumerate(file.message_type):
        yield from _message(message, (4, index), prefix)
    for index, enum in enumerate(file.enum_type):
        yield from _enum(enum, (5, index), prefix)
    for index, service in enumerate(file.service):
        yield from _service(service, (6, index), prefix)


def _message(message: DescriptorProto, path: Path, prefix: str) -> Iterator[tuple[Path, str]]:
    name = prefix + message.name
    yield path, name
    for index, field in enumerate(message.field):
        yield (*path, 2, index), f"{name}.{field.name}"
    for index, nested in enumerate(message.nested_type):
        yield from _message(nested, (*path, 3, index), f"{name}.")
    for index, enum in enumerate(message.enum_type):
        yield from _enum(enum, (*path, 4, index), f"{name}.")


def _enum(enum: EnumDescriptorProto, path: Path, prefix: str) -> Iterator[tuple[Path, str]]:
    name = prefix + enum.name
    yield path, name
    for index, value in enumerate(enum.value):
        yield (*path, 2, index), f"{name}.{value.name}"


def _service(service: ServiceDescriptorProto, path: Path, prefix: str) -> Iterator[tuple[Path, str]]:
    name = prefix + service.name
    yield path, name
    for index, method in enumerate(service.method):
        yield (*path, 2, index), f"{name}.{method.name}"
