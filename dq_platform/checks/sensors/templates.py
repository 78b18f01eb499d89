"""Sensors' templates, as Jinja2 reads them. A process that renders none never loads it: see `render` and `registry`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from jinja2 import Environment, StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment


def say(template: str, names: Mapping[str, object]) -> str:
    """The text of a template that can say these names. Raises ValueError if it cannot be rendered."""
    try:
        return _compiled(template).render(names)
    except TemplateError as error:
        raise ValueError(error.message) from error


def require_readable(template: str) -> None:
    """Raises ValueError, which names the line that cannot be read."""
    try:
        _parsed(template)
    except TemplateSyntaxError as error:
        message = f"line {error.lineno}: {error.message}"
        raise ValueError(message) from error


@lru_cache(maxsize=1024)
def calls(template: str) -> frozenset[str]:
    """The words that a template says as calls."""
    found = _parsed(template).find_all(nodes.Call)
    return frozenset(call.node.name for call in found if isinstance(call.node, nodes.Name))


def _parsed(template: str) -> nodes.Template:
    return Environment(autoescape=False).parse(template)  # noqa: S701 - it renders nothing


@lru_cache(maxsize=1024)
def _compiled(template: str) -> Template:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False).from_string(template)
