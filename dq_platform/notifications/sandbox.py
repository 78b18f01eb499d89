"""What templates of messages may do: texts, values, `if`, `for`, comparisons and the filters in FILTERS.

There are no calls, no assignments and no arithmetic, so that a template's output and its time are bounded by what it is
given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dq_platform.models.notification import Json

MAX_LOOPS = 2
"""So deep may loops stand inside each other."""

FILTERS = (
    *("capitalize", "default", "e", "escape", "first", "int", "last", "length", "lower", "round", "title"),
    *("trim", "truncate", "upper"),
)
ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem),
    *(nodes.If, nodes.For, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Filter, nodes.Keyword, nodes.List, nodes.Tuple, nodes.Test, nodes.Neg),
)


def say(source: str, facts: Mapping[str, Json], escape: Callable[[str], str] | None, *, html: bool) -> str:
    """One template's output, its values escaped. Raises ValueError, which says what is wrong with the template."""
    environment = _environment(escape, html=html)
    try:
        _refuse(environment.parse(source))
        return environment.from_string(source).render(facts)
    except TemplateSyntaxError as error:
        message = f"line {error.lineno}: {error.message}"
        raise ValueError(message) from error
    # What filters say of values that they do not take, and Python of a template that is nested too deeply.
    except (TemplateError, TypeError, ArithmeticError, RecursionError, SyntaxError) as error:
        raise ValueError(str(error)) from error


@cache
def _environment(escape: Callable[[str], str] | None, *, html: bool) -> ImmutableSandboxedEnvironment:
    finalize = None if escape is None else lambda value: escape(str(value))
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=html, finalize=finalize)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    return environment


def _refuse(tree: nodes.Template) -> None:
    """Raises ValueError for what templates cannot use."""
    for node, depth in _walk(tree, 0):
        if not isinstance(node, ALLOWED):
            message = f"line {node.lineno}: uses {type(node).__name__}, which templates of messages cannot"
            raise ValueError(message)
        if depth > MAX_LOOPS:
            message = f"line {node.lineno}: has more than {MAX_LOOPS} loops inside each other"
            raise ValueError(message)


def _walk(node: nodes.Node, depth: int) -> Iterator[tuple[nodes.Node, int]]:
    """Every node, with the number of loops around it, itself included."""
    depth += isinstance(node, nodes.For)
    yield node, depth
    for child in node.iter_child_nodes():
        yield from _walk(child, depth)
