"""Path templates of `google/api/http.proto`: `/v1/{name=shelves/*}/books/{id}:archive`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from urllib.parse import unquote_to_bytes

_LITERAL = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})+")
_FIELD_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ENCODED_SLASH = re.compile("(%2[fF])")


class TemplateError(ValueError):
    """A template that http.proto does not allow; the text says where."""


class EncodingError(ValueError):
    """A percent escape of a request path that decodes to nothing."""


class Wild(Enum):
    """How much of a path one segment of a template takes."""

    LITERAL = 0
    ONE = 1
    MANY = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a template; `text` is empty for wildcards."""

    wild: Wild
    text: str = ""

    def __str__(self) -> str:
        return {Wild.LITERAL: self.text, Wild.ONE: "*", Wild.MANY: "**"}[self.wild]


@dataclass(frozen=True, slots=True)
class Variable:
    """The field that template segments `start` to `stop` (exclusive) fill."""

    field_path: str
    start: int
    stop: int
    single: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template. `many` is the index of its `**`, or None."""

    text: str
    segments: tuple[Segment, ...]
    variables: tuple[Variable, ...]
    verb: str
    many: int | None

    @property
    def shape(self) -> str:
        """The template without its variable names: two equal shapes match the same paths."""
        verb = f":{self.verb}" if self.verb else ""
        return "/" + "/".join(map(str, self.segments)) + verb

    def capture(self, parts: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Field paths and decoded texts, for the raw parts of a path that this template matches."""
        surplus = len(parts) - len(self.segments)
        for variable in self.variables:
            taken = parts[self._shift(variable.start, surplus) : self._shift(variable.stop, surplus)]
            decode = decode_part if variable.single else _decode_but_slashes
            yield variable.field_path, "/".join(map(decode, taken))

    def _shift(self, index: int, surplus: int) -> int:
        return index if self.many is None or index <= self.many else index + surplus


def parse(text: str) -> Template:
    """The template that `text` spells; raises TemplateError."""
    if not text.startswith("/"):
        raise TemplateError(f"template {text!r} does not start with '/'")
    segments: list[Segment] = []
    variables: list[Variable] = []
    steps, verb = _split_verb(text, _split(text))
    for step in steps:
        if step.startswith("{"):
            variables.append(_variable(text, step, segments))
        else:
            segments.append(_segment(text, step))
    many = [index for index, segment in enumerate(segments) if segment.wild is Wild.MANY]
    if len(many) > 1:
        raise TemplateError(f"template {text!r} has more than one '**'")
    names = [variable.field_path for variable in variables]
    if len(set(names)) != len(names):
        raise TemplateError(f"template {text!r} binds one field twice")
    return Template(text, tuple(segments), tuple(variables), verb, many[0] if many else None)


def decode_part(raw: str) -> str:
    """One path segment with its percent escapes undone; raises EncodingError."""
    if "%" not in raw:
        return raw
    bad = _BAD_ESCAPE.search(raw)
    if bad:
        raise EncodingError(f"bad percent escape {raw[bad.start() : bad.start() + 3]!r}")
    try:
        return unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError as error:
        raise EncodingError(f"{raw!r} is not UTF-8 when decoded") from error


def _decode_but_slashes(raw: str) -> str:
    pieces = _ENCODED_SLASH.split(raw)
    return "".join(piece if index % 2 else decode_part(piece) for index, piece in enumerate(pieces))


def _split(text: str) -> list[str]:
    """Steps between the slashes that stand outside braces."""
    if text == "/":
        return []
    steps, depth = [""], 0
    for character in text[1:]:
        depth += (character == "{") - (character == "}")
        if depth not in {0, 1}:
            raise TemplateError(f"template {text!r} has unbalanced or nested braces")
        if character == "/" and depth == 0:
            steps.append("")
        else:
            steps[-1] += character
    if depth:
        raise TemplateError(f"template {text!r} has an unclosed brace")
    return steps


def _split_verb(text: str, steps: list[str]) -> tuple[list[str], str]:
    if not steps:
        return steps, ""
    brace = steps[-1].rfind("}") + 1
    colon = steps[-1].find(":", brace)
    if colon < 0:
        return steps, ""
    verb = steps[-1][colon + 1 :]
    if not _LITERAL.fullmatch(verb):
        raise TemplateError(f"template {text!r} has a bad verb {verb!r}")
    return [*steps[:-1], steps[-1][:colon]], verb


def _segment(text: str, step: str) -> Segment:
    if step == "*":
        return Segment(Wild.ONE)
    if step == "**":
        return Segment(Wild.MANY)
    if "*" in step or not _LITERAL.fullmatch(step):
        raise TemplateError(f"template {text!r} has a bad segment {step!r}")
    try:
        return Segment(Wild.LITERAL, decode_part(step))
    except EncodingError as error:
        raise TemplateError(f"template {text!r}: {error}") from error


def _variable(text: str, step: str, segments: list[Segment]) -> Variable:
    if not step.endswith("}"):
        raise TemplateError(f"template {text!r} has text after a variable in {step!r}")
    field_path, equals, pattern = step[1:-1].partition("=")
    if not _FIELD_PATH.fullmatch(field_path):
        raise TemplateError(f"template {text!r} has a bad field path {field_path!r}")
    start = len(segments)
    segments.extend(_segment(text, part) for part in (pattern if equals else "*").split("/"))
    single = len(segments) == start + 1 and segments[start].wild is not Wild.MANY
    return Variable(field_path, start, len(segments), single)
